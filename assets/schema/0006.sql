-- 担当: the customers of an operator.
CREATE INDEX customers_owner ON customers (owner_id) WHERE owner_id IS NOT NULL;
