CREATE TABLE "bar_files" (
	"symbol" text NOT NULL,
	"bar_minutes" integer NOT NULL,
	"feed" text NOT NULL,
	"adjustment" text NOT NULL,
	"hours" text NOT NULL,
	"rows" integer NOT NULL,
	"from" timestamp (3) with time zone,
	"until" timestamp (3) with time zone,
	"covered" jsonb NOT NULL,
	"sha256" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "bar_files_symbol_bar_minutes_pk" PRIMARY KEY("symbol","bar_minutes")
);
