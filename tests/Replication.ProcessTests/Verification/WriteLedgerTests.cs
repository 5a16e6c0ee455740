using KvProcesses.Verification;

namespace Replication.ProcessTests.Verification;

public sealed class WriteLedgerTests
{
    private const int Key = 3;
    private const int Length = 64;
    private readonly WriteLedger _ledger = new(keys: 10);

    [Fact]
    public void The_acknowledged_write_at_the_highest_position_is_what_must_be_read()
    {
        _ledger.AddAcknowledged(Key, new ValueStamp(1, 2), position: 8);
        _ledger.AddAcknowledged(Key, new ValueStamp(2, 1), position: 7);

        Assert.Equal(KeyVerdict.Verified, Judge(new ValueStamp(1, 2), version: 8));
        Assert.Equal(KeyVerdict.RolledBack, Judge(new ValueStamp(2, 1), version: 7));
    }

    [Fact]
    public void A_missing_key_with_an_acknowledged_write_is_a_loss()
    {
        _ledger.AddAcknowledged(Key, new ValueStamp(1, 1), position: 5);

        Assert.Equal(KeyVerdict.Missing, _ledger.Judge(Key, found: false, [], version: 0));
    }

    [Fact]
    public void A_key_that_nobody_wrote_may_be_missing_but_not_there()
    {
        Assert.Equal(KeyVerdict.Verified, _ledger.Judge(Key, found: false, [], version: 0));
        Assert.Equal(KeyVerdict.Unknown, Judge(new ValueStamp(1, 1), version: 4));
    }

    [Fact]
    public void An_older_acknowledged_value_is_a_loss_also_if_it_was_written_back_at_a_new_position()
    {
        _ledger.AddAcknowledged(Key, new ValueStamp(1, 1), position: 5);
        _ledger.AddAcknowledged(Key, new ValueStamp(1, 2), position: 6);

        Assert.Equal(KeyVerdict.RolledBack, Judge(new ValueStamp(1, 1), version: 9));
    }

    [Fact]
    public void An_attempt_of_unknown_outcome_may_be_read_only_above_the_highest_acknowledged_position()
    {
        _ledger.AddAcknowledged(Key, new ValueStamp(1, 1), position: 5);
        _ledger.AddIndeterminate(Key, new ValueStamp(2, 1));

        Assert.Equal(KeyVerdict.RolledBack, Judge(new ValueStamp(2, 1), version: 4));
        Assert.Equal(KeyVerdict.RolledBack, Judge(new ValueStamp(2, 1), version: 5));
        Assert.Equal(KeyVerdict.Verified, Judge(new ValueStamp(2, 1), version: 6));
    }

    [Fact]
    public void An_attempt_of_unknown_outcome_that_was_read_once_may_not_vanish_again()
    {
        _ledger.AddAcknowledged(Key, new ValueStamp(1, 1), position: 5);
        _ledger.AddIndeterminate(Key, new ValueStamp(2, 1));
        Assert.Equal(KeyVerdict.Verified, Judge(new ValueStamp(2, 1), version: 6));

        Assert.Equal(KeyVerdict.RolledBack, Judge(new ValueStamp(1, 1), version: 5));
        Assert.Equal(KeyVerdict.Missing, _ledger.Judge(Key, found: false, [], version: 0));
        Assert.Equal(KeyVerdict.Verified, Judge(new ValueStamp(2, 1), version: 6));
    }

    [Fact]
    public void A_rejected_write_may_never_be_read()
    {
        _ledger.AddRejected(Key, new ValueStamp(1, 1));

        Assert.Equal(KeyVerdict.RejectedButThere, Judge(new ValueStamp(1, 1), version: 9));
    }

    [Fact]
    public void A_value_that_nobody_attempted_is_found_out()
    {
        _ledger.AddAcknowledged(Key, new ValueStamp(1, 1), position: 5);

        Assert.Equal(KeyVerdict.Unknown, Judge(new ValueStamp(9, 9), version: 6));
    }

    [Fact]
    public void Any_flipped_bit_of_a_value_is_found_out()
    {
        ValueStamp stamp = new(1, 1);
        _ledger.AddAcknowledged(Key, stamp, position: 5);
        byte[] value = stamp.ToValue(Key, Length);
        for (int bit = 0; bit < value.Length * 8; bit++)
        {
            value[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(KeyVerdict.Damaged, _ledger.Judge(Key, found: true, value, version: 5));
            value[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(KeyVerdict.Verified, _ledger.Judge(Key, found: true, value, version: 5));
    }

    [Fact]
    public void A_value_of_another_key_or_cut_short_is_found_out()
    {
        ValueStamp stamp = new(1, 1);
        _ledger.AddAcknowledged(Key, stamp, position: 5);

        Assert.Equal(KeyVerdict.Damaged, _ledger.Judge(Key, found: true, stamp.ToValue(Key + 1, Length), version: 5));
        Assert.Equal(KeyVerdict.Damaged,
            _ledger.Judge(Key, found: true, stamp.ToValue(Key, Length).AsSpan(0, Length - 1), version: 5));
        Assert.Equal(KeyVerdict.Damaged, _ledger.Judge(Key, found: true, [], version: 5));
    }

    private KeyVerdict Judge(ValueStamp stamp, long version) =>
        _ledger.Judge(Key, found: true, stamp.ToValue(Key, Length), version);
}
