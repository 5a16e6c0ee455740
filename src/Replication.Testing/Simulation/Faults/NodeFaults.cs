using Replication.Testing.Disks;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;

namespace Replication.Testing.Simulation.Faults;

/// <summary>The faults of single nodes: processes, clocks, disks.</summary>
internal static class NodeFaults
{
    private const long Millisecond = 1_000_000;
    private const long RoomyBytes = 1L << 40;

    /// <summary>Begins a fault.</summary>
    /// <returns>Whether it had an effect.</returns>
    public static bool TryBegin(SimulatedCluster cluster, SimulatedNode node, in PlannedFault fault)
    {
        long until = cluster.Now + (fault.DurationMilliseconds * Millisecond);
        switch (fault.Kind)
        {
            case FaultKind.ClockJump:
                node.Clock.Jump(fault.Amount);
                cluster.Probes.Reached(Probe.ClockJumped);
                return true;
            case FaultKind.ClockRate:
                node.Clock.SetRate(cluster.Now, fault.Amount);
                cluster.Probes.Reached(Probe.ClockRateChanged);
                return true;
            case FaultKind.SlowProcessor:
                node.Slowness = fault.Amount;
                cluster.Probes.Reached(Probe.ProcessorSlow);
                return true;
            case FaultKind.SlowDisk:
                node.DiskSlowness = fault.Amount;
                return true;
            case FaultKind.StalledDisk:
                node.DiskStalledUntil = until;
                return true;
            case FaultKind.StalledBackground:
                node.BackgroundStalledUntil = until;
                return true;
            case FaultKind.FullDisk:
                node.Disk.LeaveRoom(fault.Amount);
                cluster.Probes.Reached(Probe.DiskFull);
                return true;
            case FaultKind.SyncError:
                node.Disk.FailNext((fault.Amount & 1) == 0
                    ? DiskFault.SyncErrorKeepsPages : DiskFault.SyncErrorReverts);
                return true;
            case FaultKind.WriteError:
                node.Disk.FailNext(DiskFault.WriteError);
                return true;
            default:
                return node.IsAlive && TryEndProcess(cluster, node, fault, until);
        }
    }

    /// <summary>Ends a fault.</summary>
    public static void End(SimulatedCluster cluster, SimulatedNode node, in PlannedFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.ClockRate:
                node.Clock.SetRate(cluster.Now, 0);
                break;
            case FaultKind.SlowProcessor:
                node.Slowness = 1;
                break;
            case FaultKind.SlowDisk:
                node.DiskSlowness = 1;
                break;
            case FaultKind.StalledDisk:
                node.DiskStalledUntil = 0;
                break;
            case FaultKind.StalledBackground:
                node.BackgroundStalledUntil = 0;
                break;
            case FaultKind.FullDisk:
                node.Disk.CapacityBytes = RoomyBytes;
                break;
            case FaultKind.Kill or FaultKind.PowerLoss or FaultKind.BitRot:
                node.StartAt(cluster.Now);
                break;
            default:
                break;
        }
    }

    private static bool TryEndProcess(SimulatedCluster cluster, SimulatedNode node, in PlannedFault fault, long until)
    {
        bool isLeader = node.IsLeader;
        switch (fault.Kind)
        {
            case FaultKind.Kill:
                node.Kill();
                break;
            case FaultKind.PowerLoss:
                node.LosePower();
                break;
            case FaultKind.BitRot when !node.Rot():
                node.StartAt(until);
                return false;
            case FaultKind.BitRot:
                break;
            case FaultKind.Wipe:
                node.Wipe();
                return true;
            case FaultKind.Pause:
                node.PauseUntil(until);
                if (isLeader)
                {
                    cluster.Probes.Reached(Probe.LeaderPaused);
                }

                return true;
            default:
                return false;
        }

        if (isLeader)
        {
            cluster.Probes.Reached(Probe.LeaderKilled);
        }

        return true;
    }
}
