-- Facts and findings are read and written whole, a class at a time, and nothing in them is searched: kept as the text that their address is
-- the hash of, they need not be taken apart by one side and put together by the other.
alter table facts alter column document type json using document::text::json;
alter table score alter column findings type json using findings::text::json;

-- Not every Postgres is built with it.
do $$
begin
    alter table facts alter column document set compression lz4;
    alter table score alter column findings set compression lz4;
exception when feature_not_supported then null;
end
$$;
