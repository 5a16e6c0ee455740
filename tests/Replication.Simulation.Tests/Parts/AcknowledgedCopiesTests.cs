using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Testing.Simulation;
using Replication.Testing.Simulation.Invariants;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;

namespace Replication.Simulation.Tests.Parts;

/// <summary>Rule acknowledged-durable: at an acknowledgement a majority of disks holds the entry, whatever a power loss
/// takes.</summary>
public sealed class AcknowledgedCopiesTests
{
    // The entry is on the disks of two nodes of three: the third never ran.
    private const int Absent = 3;
    private readonly SimulatedCluster _cluster = CommittedCluster.Start(Absent);
    private readonly SimulatedNode _follower;
    private readonly LogId _id;

    public AcknowledgedCopiesTests()
    {
        _follower = _cluster.Nodes.Single(node => node.IsAlive && !node.Leads(_cluster.Groups[0]));
        long last = Oracle.Committed;
        _id = new LogId(new Term(Oracle.TermAt(_follower.Number, last)), new LogIndex(last));
        _follower.Kill();
    }

    private ClusterOracle Oracle => _cluster.Groups[0].Oracle;

    [Fact]
    public void Two_disks_of_three_are_enough()
    {
        Oracle.Acknowledged(_id);

        Assert.Null(_cluster.Violation);
        Assert.Equal(1, _cluster.Probes[Probe.DeepAckChecked]);
    }

    // Seed 1318280 of the sparse profile: the plan let a bit of the follower's disk flip, and it has not started since.
    [Fact]
    public void A_copy_counts_that_the_plan_has_let_rot_since()
    {
        while (IsHeld(_follower))
        {
            Assert.True(_follower.Disk.Rot("nowhere", 0, 0, 0));
        }

        Oracle.Acknowledged(_id);

        Assert.Null(_cluster.Violation);
    }

    [Fact]
    public void A_copy_that_a_sound_disk_does_not_hold_is_missed()
    {
        Clear(_follower.Disk);
        Assert.False(IsHeld(_follower));

        Oracle.Acknowledged(_id);

        Assert.Equal("acknowledged-durable", _cluster.Violation?.Rule);
    }

    [Fact]
    public void A_rotten_disk_is_no_copy_of_what_it_never_held()
    {
        Clear(_follower.Disk);
        _cluster.Nodes[Absent - 1].Disk.Wipe();

        Oracle.Acknowledged(_id);

        Assert.Equal("acknowledged-durable", _cluster.Violation?.Rule);
    }

    private bool IsHeld(SimulatedNode node) => NodeProcess.Holds(
        node.Disk.DurableImage(), _cluster.Config, _cluster.Groups[0].Id, _id);

    // Not a fault of a plan: the disk says that it is well.
    private static void Clear(NodeDisk disk)
    {
        foreach (string name in disk.Files.List(NodeProcess.LogDirectory))
        {
            disk.Files.Delete(FilePath.Combine(NodeProcess.LogDirectory, name));
        }

        disk.Files.SyncDirectory(NodeProcess.LogDirectory);
        disk.Settle(disk.Position);
    }
}
