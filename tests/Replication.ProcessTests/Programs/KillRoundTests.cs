using Harness.Kill;
using KvProcesses.Verification;

namespace Replication.ProcessTests.Programs;

public sealed class KillRoundTests
{
    private static readonly VerificationReport Clean = new()
    {
        KeysChecked = 10, WritesCovered = 500, Acknowledged = 500, Indeterminate = 3, Lost = 0, Unread = 0, Findings =
            [],
    };

    private static readonly KillRound Good = new()
    {
        Number = 1,
        Moment = TimeSpan.FromSeconds(1),
        Acknowledged = 500,
        InFlight = 4,
        Idle = TimeSpan.FromMilliseconds(2),
        Report = Clean,
        Replicas = [Replica(1), Replica(2), Replica(3)],
        StaleReads = 0,
    };

    [Fact]
    public void A_good_round_has_no_faults() => Assert.Empty(Good.Faults(minimumAcknowledged: 100));

    [Fact]
    public void A_round_that_proves_nothing_fails()
    {
        AssertFault("proves nothing", Good with { Acknowledged = 99 });
        AssertFault("idle cluster", Good with { InFlight = 0 });
        AssertFault("without progress", Good with { Idle = TimeSpan.FromSeconds(3) });
    }

    [Fact]
    public void A_round_with_a_loss_fails()
    {
        AssertFault("1 keys lost", Good with { Report = Clean with { Lost = 1 } });
        AssertFault("1 keys unread", Good with { Report = Clean with { Unread = 1 } });
        AssertFault("not covered", Good with { Report = Clean with { WritesCovered = 499 } });
        AssertFault("stale", Good with { StaleReads = 1 });
    }

    [Fact]
    public void A_round_with_unequal_replicas_fails()
    {
        AssertFault("applied index differs", Good with { Replicas = [Replica(1), Replica(2) with { Applied = 6 }] });
        AssertFault("content differs", Good with { Replicas = [Replica(1), Replica(2) with { Hash = "b1b2b3b4b5" }] });
        AssertFault("number of keys differs", Good with { Replicas = [Replica(1), Replica(2) with { Keys = 9 }] });
    }

    private static ReplicaContent Replica(int node) =>
        new() { NodeId = node, Applied = 7, Keys = 10, Hash = "a1a2a3a4a5" };

    private static void AssertFault(string words, KillRound round) =>
        Assert.Contains(words, Assert.Single(round.Faults(minimumAcknowledged: 100)), StringComparison.Ordinal);
}
