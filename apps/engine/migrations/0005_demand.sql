-- Ends a transaction whose statements left together when what they rest on is not so: nobody waits to look at it.
create function demand(fact boolean, fault text) returns void language plpgsql as $$
begin
  if fact is not true then
    raise exception using errcode = 'FL001', message = fault;
  end if;
end
$$;
