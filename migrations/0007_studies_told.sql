ALTER TABLE "studies" ADD COLUMN "person" text;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "telling" text;--> statement-breakpoint
ALTER TABLE "studies" ADD COLUMN "cancelled_by" text;