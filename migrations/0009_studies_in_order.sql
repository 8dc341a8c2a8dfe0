ALTER TABLE "studies" ALTER COLUMN "request" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "studies" ALTER COLUMN "report" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "sweep_results" ALTER COLUMN "outcome" SET DATA TYPE json;