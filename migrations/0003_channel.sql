CREATE TABLE "confirmations" (
	"id" text PRIMARY KEY NOT NULL,
	"command" text NOT NULL,
	"person" text NOT NULL,
	"person_name" text NOT NULL,
	"title" text NOT NULL,
	"action" jsonb NOT NULL,
	"message_id" text,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "reply_pages" (
	"id" text PRIMARY KEY NOT NULL,
	"command" text NOT NULL,
	"pages" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "heartbeat" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"exchange_at" timestamp (3) with time zone NOT NULL,
	"up_since" timestamp (3) with time zone NOT NULL,
	"version" text NOT NULL,
	"mode" text NOT NULL,
	"bar_minutes" integer NOT NULL,
	"sessions" jsonb NOT NULL,
	CONSTRAINT "heartbeat_has_one_row" CHECK ("heartbeat"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "watchdog" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"state" jsonb NOT NULL,
	CONSTRAINT "watchdog_has_one_row" CHECK ("watchdog"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "channel_outage" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "channel_outage_has_one_row" CHECK ("channel_outage"."id" = 1)
);
--> statement-breakpoint
ALTER TABLE "equity_snapshots" ADD COLUMN "flows" bigint;--> statement-breakpoint
ALTER TABLE "drawdown_state" ADD COLUMN "deepest_percent" double precision DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "drawdown_state" ADD COLUMN "cash" jsonb DEFAULT '{"unexplained": null, "assumed": 0, "movedSince": null}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "session_opens" ADD COLUMN "deepest_percent" double precision DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "lane" text DEFAULT 'info' NOT NULL;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "streams" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "place" bigint;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "queued_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "tried" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "alerted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "alert_attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "alert_retry_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "confirmations_state" ON "confirmations" USING btree ("state");--> statement-breakpoint
CREATE INDEX "reply_pages_created" ON "reply_pages" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "outbox_untold_risk" ON "outbox" USING btree ("key","sequence") WHERE lane = 'risk' AND alerted_at IS NULL AND (settled_at IS NULL OR outcome = 'given_up');