CREATE TABLE "cycle_inputs" (
	"session_date" date NOT NULL,
	"bar_end" timestamp (3) with time zone NOT NULL,
	"inputs" text NOT NULL,
	"intents" text NOT NULL,
	CONSTRAINT "cycle_inputs_session_date_bar_end_pk" PRIMARY KEY("session_date","bar_end")
);
--> statement-breakpoint
CREATE TABLE "session_inputs" (
	"session_date" date NOT NULL,
	"digest" text NOT NULL,
	"document" text NOT NULL,
	CONSTRAINT "session_inputs_session_date_digest_pk" PRIMARY KEY("session_date","digest")
);
--> statement-breakpoint
CREATE TABLE "drawdown_state" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"session_date" date NOT NULL,
	"opening_equity" bigint NOT NULL,
	"peak_equity" bigint NOT NULL,
	"peak_at" timestamp (3) with time zone NOT NULL,
	"equity" bigint NOT NULL,
	"flows" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"day" jsonb NOT NULL,
	"peak" jsonb NOT NULL,
	CONSTRAINT "drawdown_state_has_one_row" CHECK ("drawdown_state"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "session_opens" (
	"session_date" date PRIMARY KEY NOT NULL,
	"equity" bigint NOT NULL,
	"flows" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"results" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session_metrics" (
	"session_date" date PRIMARY KEY NOT NULL,
	"closed_trades" integer NOT NULL,
	"wins" integer NOT NULL,
	"pnl" bigint NOT NULL,
	"win_rate" double precision,
	"win_rate_low" double precision,
	"win_rate_high" double precision,
	"profit_factor" double precision,
	"average_r" double precision,
	"average_r_low" double precision,
	"average_r_high" double precision,
	"average_r_trades" integer NOT NULL,
	"drawdown_percent" double precision,
	"slippage_bps" double precision,
	"slippage_bps_low" double precision,
	"slippage_bps_high" double precision,
	"entered_trades" integer NOT NULL,
	"interference" integer NOT NULL,
	"trades_touchable" integer NOT NULL,
	"computed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "decisions" ALTER COLUMN "record" SET DATA TYPE json;--> statement-breakpoint
ALTER TABLE "control_state" ADD COLUMN "changes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "trades" ADD COLUMN "best_price" bigint;--> statement-breakpoint
ALTER TABLE "trades" ADD COLUMN "worst_price" bigint;--> statement-breakpoint
-- Cards that wait to be delivered, in the shape in which they are rendered now: what nobody measured is unknown.
UPDATE "outbox" SET "card" = '{"shortHistory": []}'::jsonb || "card"
WHERE "settled_at" IS NULL AND "card"->>'kind' = 'started';--> statement-breakpoint
-- Cards that wait to be delivered, in the shape in which they are rendered now: what nobody measured is unknown.
UPDATE "outbox" SET "card" = "card" - '{maxDrawdownPercent,interference,overall}'::text[] || jsonb_build_object(
	'session', "none"."metrics" || jsonb_build_object(
		'drawdownPercent', CASE WHEN "card" ? 'maxDrawdownPercent'
			THEN jsonb_build_object('value', -("card"->>'maxDrawdownPercent')::numeric, 'count', 1, 'interval', null)
			ELSE "none"."metrics"->'drawdownPercent' END,
		'interference', jsonb_build_object('value', coalesce("card"->'interference', '0'), 'count', 0, 'interval', null)
	),
	'overall', CASE WHEN "card" ? 'overall' THEN "none"."metrics" || jsonb_build_object(
		'wins', "card"#>'{overall,wins}',
		'pnl', "card"#>'{overall,totalPnl}',
		'winRate', jsonb_build_object('value', "card"#>'{overall,winRate}', 'count', "card"#>'{overall,trades}', 'interval', "card"#>'{overall,winRateInterval}'),
		'profitFactor', jsonb_build_object('value', "card"#>'{overall,profitFactor}', 'count', "card"#>'{overall,trades}', 'interval', null),
		'averageR', jsonb_build_object('value', "card"#>'{overall,averageR}', 'count', "card"#>'{overall,trades}', 'interval', null)
	) ELSE "none"."metrics" END,
	'signals', '{"decisions": 0, "unjudged": [], "noSignal": 0, "signals": 0, "removed": [], "entries": 0}'::jsonb
)
FROM (
	SELECT '{"wins": 0, "pnl": 0, "interference": {"value": 0, "count": 0, "interval": null}}'::jsonb || jsonb_object_agg("name", '{"value": null, "count": 0, "interval": null}'::jsonb) AS "metrics"
	FROM unnest('{winRate,profitFactor,averageR,drawdownPercent,slippageBps}'::text[]) AS "name"
) AS "none"
WHERE "settled_at" IS NULL AND "card"->>'kind' = 'digest';
