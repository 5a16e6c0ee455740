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
                return true;
            case FaultKind.SyncError or FaultKind.WriteError or FaultKind.ReadError:
                node.Disk.FailNext(OfDisk(fault));
                return true;
            case FaultKind.LyingFlush or FaultKind.LostWrite or FaultKind.MisdirectedWrite:
                node.Disk.Lie(OfDisk(fault));
                return true;
            case FaultKind.Rollback:
                node.Disk.TakeBackup();
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
            case FaultKind.ReadError:
                node.Disk.FailNoMore(OfDisk(fault));
                node.Disk.MakeReadable();
                break;
            case FaultKind.SyncError or FaultKind.WriteError:
                node.Disk.FailNoMore(OfDisk(fault));
                break;
            case FaultKind.LyingFlush or FaultKind.LostWrite or FaultKind.MisdirectedWrite:
                node.LosePower();
                node.Disk.StopLying(OfDisk(fault));
                node.StartAt(cluster.Now);
                break;
            case FaultKind.Rollback:
                node.RollBack();
                node.StartAt(cluster.Now);
                break;
            case FaultKind.Kill or FaultKind.PowerLoss or FaultKind.BitRot:
                node.StartAt(cluster.Now);
                break;
            default:
                break;
        }
    }

    /// <summary>Takes a step of a crash loop.</summary>
    /// <returns>After how many milliseconds the next one is due.</returns>
    public static long CrashAgain(SimulatedCluster cluster, SimulatedNode node, in PlannedFault fault)
    {
        if (node.IsAlive)
        {
            node.Kill();
            node.Strikes.Add(FaultKind.CrashLoop);
            node.StartAt(cluster.Now);
        }

        return Math.Max(1, fault.Amount);
    }

    /// <summary>Counts which of the faults that strike later than they begin have struck.</summary>
    /// <param name="cluster">Whose probes count.</param>
    /// <param name="effects">Counts by kind.</param>
    public static void CountOnDisks(SimulatedCluster cluster, long[] effects)
    {
        foreach (NodeDisk disk in cluster.Nodes.Select(node => node.Disk))
        {
            Count(FaultKind.SyncError, DiskFault.SyncErrorKeepsPages, Probe.SyncFailed);
            Count(FaultKind.SyncError, DiskFault.SyncErrorReverts, Probe.SyncFailed);
            Count(FaultKind.WriteError, DiskFault.WriteError, Probe.WriteFailed);
            Count(FaultKind.ReadError, DiskFault.ReadError, Probe.ReadFailed);
            Count(FaultKind.LyingFlush, DiskFault.LyingFlush, Probe.FlushLied);
            Count(FaultKind.LostWrite, DiskFault.LostWrite, Probe.WriteLost);
            Count(FaultKind.MisdirectedWrite, DiskFault.MisdirectedWrite, Probe.WriteMisdirected);
            if (disk.IsRolledBack)
            {
                effects[(int)FaultKind.Rollback]++;
                cluster.Probes.Reached(Probe.DiskRolledBack);
            }

            if (disk.HitsOf(DiskFault.BitRot) > 0)
            {
                cluster.Probes.Reached(Probe.RotRead);
            }

            void Count(FaultKind kind, DiskFault fault, Probe probe)
            {
                if (disk.HitsOf(fault) > 0)
                {
                    effects[(int)kind]++;
                    cluster.Probes.Reached(probe);
                }
            }
        }
    }

    /// <summary>Gets whether a fault strikes later than it begins, or never: at a call of the disk, or at its
    /// end.</summary>
    public static bool StrikesLater(FaultKind kind) => kind is FaultKind.SyncError or FaultKind.WriteError
        or FaultKind.ReadError or FaultKind.LyingFlush or FaultKind.LostWrite or FaultKind.MisdirectedWrite
        or FaultKind.Rollback;

    private static DiskFault OfDisk(in PlannedFault fault) => fault.Kind switch
    {
        FaultKind.SyncError when (fault.Amount & 1) == 0 => DiskFault.SyncErrorKeepsPages,
        FaultKind.SyncError => DiskFault.SyncErrorReverts,
        FaultKind.WriteError => DiskFault.WriteError,
        FaultKind.ReadError => DiskFault.ReadError,
        FaultKind.LyingFlush => DiskFault.LyingFlush,
        FaultKind.LostWrite => DiskFault.LostWrite,
        _ => DiskFault.MisdirectedWrite,
    };

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
