using Replication.Testing.Histories;
using Replication.Testing.Simulation.Workloads;

namespace Replication.Simulation.Tests.Parts;

public sealed class VersionOrderCheckTests
{
    private readonly List<OperationRecord> _records = [];
    private long _index;

    [Fact]
    public void Reads_of_what_was_there_are_right()
    {
        Write(1, 10, version: 5);
        Read(OperationKind.Read, 1, 10, version: 5, applied: 6);
        Delete(1, version: 7);
        Read(OperationKind.Read, 1, 0, version: 0, applied: 7);
        Read(OperationKind.ReadPrefix, 1, 10, version: 5, applied: 6);
        Read(OperationKind.ReadPrefix, 1, 0, version: 0, applied: 4);
        Write(2, 11, version: 8);
        Scan(OperationKind.Scan, 100, new ScannedRegister(2, 11, 8));
        Scan(OperationKind.ScanPrefix, 100, new ScannedRegister(1, 10, 5));
        Scan(OperationKind.ScanPrefix, 100);

        Assert.Null(Check());
    }

    [Fact]
    public void A_linearizable_read_of_an_older_value_is_found()
    {
        Write(1, 10, version: 5);
        Write(1, 11, version: 7);
        Read(OperationKind.Read, 1, 10, version: 5, applied: 6);

        Assert.Contains("version 7 was known before it began", Check());
    }

    [Fact]
    public void A_read_that_tells_a_state_it_was_not_served_from_is_found()
    {
        Write(1, 10, version: 5);
        Write(1, 11, version: 7);
        Read(OperationKind.ReadPrefix, 1, 10, version: 5, applied: 7);

        Assert.Contains("saw version 5 at position 7, though version 7 was there", Check());
    }

    [Fact]
    public void A_value_from_beyond_the_state_that_is_told_is_found()
    {
        Write(1, 10, version: 5);
        Read(OperationKind.ReadPrefix, 1, 10, version: 5, applied: 4);

        Assert.Contains("which the state at position 4 has not reached", Check());
    }

    [Fact]
    public void A_scan_that_tells_more_than_was_wanted_is_found()
    {
        Write(1, 10, version: 5);
        Write(2, 20, version: 6);
        Scan(OperationKind.Scan, 1, new ScannedRegister(1, 10, 5), new ScannedRegister(2, 20, 6));

        Assert.Contains("told 2 registers, but wanted 1", Check());
    }

    [Fact]
    public void A_value_that_was_not_written_at_its_version_is_found()
    {
        Write(1, 10, version: 5);
        Read(OperationKind.ReadPrefix, 1, 11, version: 5, applied: 5);

        Assert.Contains("saw 11 as version 5, but 10 was written there", Check());
    }

    [Fact]
    public void A_key_that_is_missing_without_a_delete_is_found()
    {
        Write(1, 10, version: 5);
        Read(OperationKind.ReadPrefix, 1, 0, version: 0, applied: 5);

        Assert.Contains("found nothing at position 5, though version 5 was there", Check());
    }

    [Fact]
    public void A_key_that_is_there_after_its_delete_is_found()
    {
        Write(1, 10, version: 5);
        Delete(1, version: 7);
        Read(OperationKind.Read, 1, 10, version: 5, applied: 8);

        Assert.Contains("saw version 5, though version 7 was known before it began", Check());
    }

    [Fact]
    public void A_delete_of_unknown_outcome_may_explain_what_is_missing()
    {
        Write(1, 10, version: 5);
        Delete(1, version: 0, HistoryEventType.Info);
        Read(OperationKind.Read, 1, 0, version: 0, applied: 6);

        Assert.Null(Check());
    }

    [Fact]
    public void A_delete_explains_nothing_that_was_missing_before_it_began()
    {
        Write(1, 10, version: 5);
        Read(OperationKind.ReadPrefix, 1, 0, version: 0, applied: 6);
        Delete(1, version: 0, HistoryEventType.Info);

        Assert.Contains("found nothing at position 6, though version 5 was there", Check());
    }

    [Theory]
    [InlineData(OperationKind.Read)]
    [InlineData(OperationKind.ReadPrefix)]
    internal void A_value_that_nobody_wrote_is_found_though_outcomes_are_unknown(OperationKind kind)
    {
        Write(1, 10, version: 5);
        Write(1, 11, version: 0, HistoryEventType.Info);
        Write(1, 12, version: 0, HistoryEventType.Fail);
        Read(kind, 1, 11, version: 7, applied: 7);
        Assert.Null(Check());

        Read(kind, 1, 12, version: 8, applied: 8);
        Assert.Contains("saw 12 as version 8, which nobody wrote there", Check());
    }

    [Fact]
    public void An_entry_that_wrote_two_values_is_found()
    {
        Write(1, 10, version: 0, HistoryEventType.Info);
        Write(1, 11, version: 0, HistoryEventType.Info);
        Read(OperationKind.ReadPrefix, 1, 10, version: 7, applied: 7);
        Scan(OperationKind.ScanPrefix, 100, new ScannedRegister(1, 11, 7));

        Assert.Contains("saw 11 as version 7, but that entry wrote 10 to register 1", Check());
    }

    [Fact]
    public void An_entry_that_wrote_to_two_registers_is_found()
    {
        Write(1, 10, version: 5);
        Write(2, 20, version: 0, HistoryEventType.Info);
        Read(OperationKind.ReadPrefix, 2, 20, version: 5, applied: 6);

        Assert.Contains("saw 20 as version 5, but that entry wrote 10 to register 1", Check());
    }

    [Fact]
    public void A_value_that_was_seen_before_can_not_be_missing_after_an_earlier_delete()
    {
        Delete(1, version: 4);
        Write(1, 10, version: 0, HistoryEventType.Info);
        Read(OperationKind.Read, 1, 10, version: 5, applied: 5);
        Read(OperationKind.Read, 1, 0, version: 0, applied: 6);

        Assert.Contains("found nothing at position 6, though version 5 was there", Check());
    }

    [Fact]
    public void A_scan_that_mixes_two_states_is_found()
    {
        Write(1, 10, version: 5);
        Write(2, 20, version: 6);
        Write(1, 11, version: 7);
        Write(2, 21, version: 8);
        Scan(OperationKind.ScanPrefix, 100, new ScannedRegister(1, 10, 5), new ScannedRegister(2, 21, 8));

        Assert.Contains("saw version 5 at position 8, though version 7 was there", Check());
    }

    [Fact]
    public void A_scan_that_holds_what_was_removed_before_something_else_that_it_lacks_is_found()
    {
        Write(2, 20, version: 5);
        Write(1, 10, version: 6);
        Delete(1, version: 7);
        Delete(2, version: 8);
        Scan(OperationKind.ScanPrefix, 100, new ScannedRegister(1, 10, 6));

        Assert.Contains("saw version 6 at position 8, though version 7 was there", Check());
    }

    [Fact]
    public void A_later_delete_explains_that_a_scan_lacks_what_somebody_saw_of_a_write_of_unknown_outcome()
    {
        Delete(1, version: 4);
        Write(1, 10, version: 0, HistoryEventType.Info);
        Read(OperationKind.Read, 1, 10, version: 5, applied: 5);
        Delete(1, version: 6);
        Scan(OperationKind.Scan, 100);

        Assert.Null(Check());
    }

    [Fact]
    public void A_linearizable_scan_that_lacks_what_was_known_is_found()
    {
        Write(1, 10, version: 5);
        Scan(OperationKind.Scan, 100);

        Assert.Contains("found nothing at position 5, though version 5 was there", Check());
    }

    [Fact]
    public void What_a_limit_cuts_off_says_nothing_and_what_is_before_it_does()
    {
        Write(1, 10, version: 5);
        Write(2, 20, version: 6);
        Scan(OperationKind.Scan, 1, new ScannedRegister(1, 10, 5));
        Assert.Null(Check());

        Scan(OperationKind.Scan, 1, new ScannedRegister(2, 20, 6));
        Assert.Contains("register 1", Check());
    }

    [Fact]
    public void A_scan_out_of_order_or_of_what_nobody_wrote_is_found()
    {
        Write(1, 10, version: 5);
        Write(2, 20, version: 6);
        Scan(OperationKind.ScanPrefix, 100, new ScannedRegister(2, 20, 6), new ScannedRegister(1, 10, 5));
        Assert.Contains("told r1 after 'r2'", Check());

        _records.RemoveAt(2);
        Scan(OperationKind.ScanPrefix, 100, new ScannedRegister(3, 30, 7));
        Assert.Contains("r3, which nobody wrote", Check());
    }

    private string? Check() => VersionOrderCheck.Check(_records, groups: 1);

    private void Write(int key, long value, long version, HistoryEventType outcome = HistoryEventType.Ok) =>
        Add(OperationKind.Write, key, value, outcome).Version = version;

    private void Delete(int key, long version, HistoryEventType outcome = HistoryEventType.Ok) =>
        Add(OperationKind.Delete, key, 0, outcome).Version = version;

    private void Read(OperationKind kind, int key, long result, long version, long applied)
    {
        OperationRecord record = Add(kind, key, 0, HistoryEventType.Ok);
        record.Result = result;
        record.Version = version;
        record.Applied = applied;
    }

    private void Scan(OperationKind kind, int limit, params ScannedRegister[] found) =>
        Add(kind, 0, limit, HistoryEventType.Ok).Scanned = found;

    private OperationRecord Add(OperationKind kind, int key, long value, HistoryEventType outcome)
    {
        OperationRecord record = new()
        {
            Process = 0,
            Plan = new PlannedCall(_records.Count, 0, 0, false, kind, key, value, 0, []),
            InvocationIndex = ++_index,
            Outcome = outcome,
            CompletionIndex = ++_index,
        };
        _records.Add(record);
        return record;
    }
}
