CREATE TABLE "backtest_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"sequence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "backtest_runs_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"person" text NOT NULL,
	"person_name" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"request" jsonb NOT NULL,
	"is_shown" boolean NOT NULL,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"share" double precision NOT NULL,
	"started_at" timestamp (3) with time zone,
	"heard_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"run_id" text,
	"report" jsonb,
	"curve" jsonb,
	"trades" text,
	"failure" text
);
--> statement-breakpoint
CREATE INDEX "backtest_runs_status" ON "backtest_runs" USING btree ("status");