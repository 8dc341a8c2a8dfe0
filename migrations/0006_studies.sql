CREATE TABLE "readiness_overrides" (
	"parameters_key" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"by" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "readiness_overrides_parameters_key_at_pk" PRIMARY KEY("parameters_key","at")
);
--> statement-breakpoint
CREATE TABLE "studies" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"request" jsonb NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"status" text NOT NULL,
	"tasks" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"verdict" text,
	"sentence" text,
	"recommended" jsonb,
	"parameters_key" text,
	"report" jsonb,
	"failure" text
);
--> statement-breakpoint
CREATE TABLE "sweep_results" (
	"study" text NOT NULL,
	"key" text NOT NULL,
	"outcome" jsonb NOT NULL,
	CONSTRAINT "sweep_results_study_key_pk" PRIMARY KEY("study","key")
);
--> statement-breakpoint
ALTER TABLE "sweep_results" ADD CONSTRAINT "sweep_results_study_studies_id_fk" FOREIGN KEY ("study") REFERENCES "public"."studies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "studies_status" ON "studies" USING btree ("status");--> statement-breakpoint
CREATE INDEX "studies_parameters" ON "studies" USING btree ("parameters_key","finished_at");