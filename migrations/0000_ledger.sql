CREATE TABLE "audit_log" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_log_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"outcome" text NOT NULL,
	"details" jsonb NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "card_messages" (
	"key" text PRIMARY KEY NOT NULL,
	"message_id" text NOT NULL,
	"delivered_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "control_state" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"status" text NOT NULL,
	"by" text NOT NULL,
	"reason" text NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone,
	CONSTRAINT "control_state_has_one_row" CHECK ("control_state"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "cycles" (
	"session_date" date NOT NULL,
	"bar_end" timestamp (3) with time zone NOT NULL,
	"symbols" integer NOT NULL,
	"entries" integer NOT NULL,
	"finished_at" timestamp (3) with time zone NOT NULL,
	"took_ms" double precision NOT NULL,
	CONSTRAINT "cycles_session_date_bar_end_pk" PRIMARY KEY("session_date","bar_end")
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"session_date" date NOT NULL,
	"bar_end" timestamp (3) with time zone NOT NULL,
	"symbol" text NOT NULL,
	"kind" text NOT NULL,
	"refused_by" text,
	"trade_id" text,
	"record" jsonb NOT NULL,
	CONSTRAINT "decisions_session_date_bar_end_symbol_pk" PRIMARY KEY("session_date","bar_end","symbol")
);
--> statement-breakpoint
CREATE TABLE "equity_snapshots" (
	"at" timestamp (3) with time zone PRIMARY KEY NOT NULL,
	"session_date" date NOT NULL,
	"equity" bigint NOT NULL,
	"cash" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fees" (
	"id" text PRIMARY KEY NOT NULL,
	"date" date NOT NULL,
	"amount" bigint NOT NULL,
	"description" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fills" (
	"broker_order_id" text NOT NULL,
	"cumulative_quantity" integer NOT NULL,
	"trade_id" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"quantity" integer NOT NULL,
	"price" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "fills_broker_order_id_cumulative_quantity_pk" PRIMARY KEY("broker_order_id","cumulative_quantity")
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"broker_order_id" text PRIMARY KEY NOT NULL,
	"client_order_id" text NOT NULL,
	"trade_id" text NOT NULL,
	"role" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"type" text NOT NULL,
	"status" text NOT NULL,
	"is_live" boolean NOT NULL,
	"quantity" integer NOT NULL,
	"filled_quantity" integer NOT NULL,
	"booked_quantity" integer NOT NULL,
	"limit_price" bigint,
	"stop_price" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"sequence" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key" text NOT NULL,
	"card" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp (3) with time zone,
	"error" text,
	"settled_at" timestamp (3) with time zone,
	"outcome" text
);
--> statement-breakpoint
CREATE TABLE "trades" (
	"id" text PRIMARY KEY NOT NULL,
	"client_order_id" text NOT NULL,
	"symbol" text NOT NULL,
	"side" text NOT NULL,
	"status" text NOT NULL,
	"intent" jsonb NOT NULL,
	"decided_at" timestamp (3) with time zone NOT NULL,
	"entry_quantity" integer NOT NULL,
	"entry_value" bigint NOT NULL,
	"exit_quantity" integer NOT NULL,
	"exit_value" bigint NOT NULL,
	"exit_leg" text,
	"opened_at" timestamp (3) with time zone,
	"closed_at" timestamp (3) with time zone,
	"pnl" bigint,
	"r_multiple" double precision
);
--> statement-breakpoint
CREATE TABLE "world" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"mode" text NOT NULL,
	"identity" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "world_has_one_row" CHECK ("world"."id" = 1)
);
--> statement-breakpoint
ALTER TABLE "fills" ADD CONSTRAINT "fills_trade_id_trades_id_fk" FOREIGN KEY ("trade_id") REFERENCES "public"."trades"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_trade_id_trades_id_fk" FOREIGN KEY ("trade_id") REFERENCES "public"."trades"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "equity_snapshots_session" ON "equity_snapshots" USING btree ("session_date","at");--> statement-breakpoint
CREATE INDEX "fees_date" ON "fees" USING btree ("date");--> statement-breakpoint
CREATE INDEX "fills_of_trade" ON "fills" USING btree ("trade_id");--> statement-breakpoint
CREATE INDEX "orders_of_trade" ON "orders" USING btree ("trade_id");--> statement-breakpoint
CREATE INDEX "orders_unsettled" ON "orders" USING btree ("created_at") WHERE "orders"."is_live" or "orders"."booked_quantity" < "orders"."filled_quantity";--> statement-breakpoint
CREATE INDEX "outbox_key" ON "outbox" USING btree ("key");--> statement-breakpoint
CREATE INDEX "outbox_pending_of_key" ON "outbox" USING btree ("key","sequence") WHERE "outbox"."settled_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "trades_client_order_id" ON "trades" USING btree ("client_order_id");--> statement-breakpoint
CREATE INDEX "trades_decided_at" ON "trades" USING btree ("decided_at");--> statement-breakpoint
CREATE INDEX "trades_closed_at" ON "trades" USING btree ("closed_at") WHERE "trades"."status" = 'closed';--> statement-breakpoint
CREATE INDEX "trades_unfinished" ON "trades" USING btree ("decided_at") WHERE "trades"."status" in ('planned', 'submitted', 'open');