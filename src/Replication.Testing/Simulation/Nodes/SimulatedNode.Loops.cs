using Replication.Errors;
using Replication.Groups;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Probes;

namespace Replication.Testing.Simulation.Nodes;

/// <content>The loops that write: the log's and the background worker's. The calls are made when the device begins,
/// what
/// they tell is held back until it is done.</content>
internal sealed partial class SimulatedNode
{
    private const long HintNanoseconds = 50_000_000;
    private const long FlushNanosecondsMin = 30_000;
    private long _workPosition;
    private bool _hasFlushFailed;
    private bool _hasWorkFailed;
    private bool _mustStop;
    private long _hintAt;
    private bool _isHintPlanned;
    private bool _isDiskFull;

    // Damage below this address of the log can't be taken for a torn write: the hint, or the records of a later flush,
    // say that everything there was durable.
    private long _vouchedUntil;
    private long _flushFrom;

    /// <summary>Has the log's writer look at its inbox soon.</summary>
    public void WakeLog()
    {
        if (!_isLogBusy && !_isLogWoken)
        {
            _isLogWoken = true;
            Cluster.Schedule(this, Now + Wake(), AppendKind, Tag(0));
        }
    }

    /// <summary>Has the background worker look at its inbox soon.</summary>
    public void WakeBackground()
    {
        if (!_isBackgroundBusy && !_isBackgroundWoken)
        {
            _isBackgroundWoken = true;
            Cluster.Schedule(this, Now + Wake(), BackgroundKind, Tag(0));
        }
    }

    private void AppendAndFlush()
    {
        NodeProcess process = Process!;
        _isLogWoken = false;
        _isLogBusy = true;
        long failedCalls = Disk.FailedCalls;
        long tail = process.Log.TailAddress;
        process.Home.BeginHold(_flushing);
        process.Writer.Append(process.LogInbox.TakeAll());
        process.Writer.Flush();
        process.Home.EndHold();
        _flushFrom = process.Log.TailAddress > tail ? tail : _vouchedUntil;
        _flushPosition = Disk.Position;
        _hasFlushFailed = Disk.FailedCalls > failedCalls;
        if (process.Log.Fault is null)
        {
            foreach (SimulatedGroup group in Cluster.Groups)
            {
                group.Oracle.Flushing(Number);
            }
        }

        Cluster.Schedule(this, DeviceTime(1), FlushedKind, Tag(0));
    }

    private void Flushed()
    {
        NodeProcess process = Process!;
        _isLogBusy = false;
        Disk.Settle(_flushPosition);
        _mustStop |= _hasFlushFailed;
        if (process.Log.Fault is null)
        {
            _vouchedUntil = _flushFrom;
            foreach (SimulatedGroup group in Cluster.Groups)
            {
                group.Oracle.Flushed(Number);
            }

            _hasFlushed = true;
        }

        while (_flushing.TryDequeue(out InboxItem? item))
        {
            process.Home.Post(item);
        }

        if (process.LogInbox.IsEmpty)
        {
            _hintAt = Now + HintNanoseconds;
            PlanHint();
        }
        else
        {
            WakeLog();
        }
    }

    // One event for all flushes that follow each other soon.
    private void PlanHint()
    {
        if (!_isHintPlanned)
        {
            _isHintPlanned = true;
            Cluster.Schedule(this, _hintAt, HintKind, Tag(0));
        }
    }

    private void HintDue()
    {
        _isHintPlanned = false;
        if (_isLogBusy)
        {
            return;
        }

        if (Now < _hintAt)
        {
            PlanHint();
        }
        else
        {
            WriteHint();
        }
    }

    private void WriteHint()
    {
        NodeProcess process = Process!;
        long failedCalls = Disk.FailedCalls;
        process.Log.WriteHint();
        Disk.Settle(Disk.Position);
        if (process.Log.Fault is { } fault)
        {
            Faulted(process, new StorageFailedException($"The write-ahead log failed: {fault.Message}", fault));
        }
        else if (Disk.FailedCalls > failedCalls)
        {
            DiskErrorIgnored();
        }
        else
        {
            _vouchedUntil = process.Log.TailAddress;
        }
    }

    private void RunBackground()
    {
        NodeProcess process = Process!;
        if (BackgroundStalledUntil > Now)
        {
            Cluster.Probes.Reached(Probe.BackgroundStalled);
            Strikes.Add(FaultKind.StalledBackground);
            Cluster.Schedule(this, BackgroundStalledUntil, BackgroundKind, Tag(0));
            return;
        }

        _isBackgroundWoken = false;
        _isBackgroundBusy = true;
        long failedCalls = Disk.FailedCalls;
        process.Home.BeginHold(_working);
        InboxItem? items = process.Background.TakeAll();
        _isCheckpointing = HasCheckpoint(items);
        _appliedAtCapture = process.Applied;
        BackgroundWorker.Run(items);
        process.Home.EndHold();
        _workPosition = Disk.Position;
        _hasWorkFailed = Disk.FailedCalls > failedCalls;
        Cluster.Schedule(this, DeviceTime(5), BackgroundDoneKind, Tag(0));
    }

    private void BackgroundDone()
    {
        NodeProcess process = Process!;
        _isBackgroundBusy = false;
        _isCheckpointing = false;
        Disk.Settle(_workPosition);
        _mustStop |= _hasWorkFailed;
        while (_working.TryDequeue(out InboxItem? item))
        {
            process.Home.Post(item);
        }

        if (!process.Background.IsEmpty)
        {
            WakeBackground();
        }
    }

    private static bool HasCheckpoint(InboxItem? items)
    {
        while (items is not null and not CheckpointItem)
        {
            items = items.Next;
        }

        return items is not null;
    }

    private void NoteDiskFull(NodeProcess process)
    {
        bool isFull = process.Executor.Turn.IsDiskFull;
        if (isFull && !_isDiskFull)
        {
            Cluster.Probes.Reached(Probe.DiskFull);
            Strikes.Add(FaultKind.FullDisk);
        }

        _isDiskFull = isFull;
    }

    private void NoteCheckpoint(NodeProcess process)
    {
        if (_isCheckpointing && process.Applied > _appliedAtCapture)
        {
            Cluster.Probes.Reached(Probe.AppliedDuringCheckpoint);
        }
    }

    // Nobody knows what a disk holds after a call of it has failed: a process that goes on will acknowledge what isn't
    // there.
    private void DiskErrorIgnored() =>
        Cluster.Violate("disk-error-ignored", $"node {Number} goes on after a call of its disk has failed");

    private long DeviceTime(int calls)
    {
        long mean = Cluster.Config.FlushMicroseconds * 1000;
        long time = 0;
        for (int i = 0; i < calls; i++)
        {
            time += FlushNanosecondsMin + (_device.Exponential(mean) * DiskSlowness);
        }

        if (DiskSlowness > 1)
        {
            Cluster.Probes.Reached(Probe.DiskSlow);
            Strikes.Add(FaultKind.SlowDisk);
        }

        if (IsLeader && (DiskSlowness > 1 || DiskStalledUntil > Now))
        {
            Cluster.Probes.Reached(Probe.LeaderDiskSlow);
        }

        if (DiskStalledUntil > Now)
        {
            Cluster.Probes.Reached(Probe.DiskStalled);
            Strikes.Add(FaultKind.StalledDisk);
            return DiskStalledUntil + time;
        }

        return Now + time;
    }
}
