using Replication.Groups;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Clocks;
using Replication.Testing.Simulation.Events;
using Replication.Testing.Simulation.Faults;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Randomness;
using Replication.Transport;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>A node through all its lives: its disk and clocks, and the process that runs on them now, whose three loops
/// (executor, log writer, background worker) are events.</summary>
internal sealed partial class SimulatedNode : SimulationActor
{
    private const int TurnKind = 1;
    private const int AppendKind = 2;
    private const int FlushedKind = 3;
    private const int HintKind = 4;
    private const int BackgroundKind = 5;
    private const int BackgroundDoneKind = 6;
    private const int PeerLostKind = 7;
    private const int StartKind = 8;

    // Waking a thread, and what it then does, on an idle machine.
    private const long WakeNanosecondsMin = 4_000;
    private const long WakeNanosecondsMean = 6_000;
    private const long TurnNanoseconds = 15_000;
    private readonly RandomStream _processor;
    private readonly RandomStream _device;
    private readonly Queue<InboxItem> _flushing = new();
    private readonly Queue<InboxItem> _working = new();
    private long _turnAt;
    private long _busyUntil;
    private long _pausedUntil;
    private bool _isLogBusy;
    private bool _isLogWoken;
    private long _flushPosition;
    private bool _isBackgroundBusy;
    private bool _isBackgroundWoken;
    private bool _isCheckpointing;
    private bool _hasFlushed;
    private long _appliedAtCapture;

    public SimulatedNode(SimulatedCluster cluster, int id)
    {
        Cluster = cluster;
        Number = id;
        ulong seed = cluster.Config.Seed;
        _processor = new RandomStream(seed, RandomPurpose.Processor, id);
        _device = new RandomStream(seed, RandomPurpose.Disk, id);
        RandomStream clock = new(seed, RandomPurpose.Clock, id);
        Clock.SetRate(0, clock.Between(-50, 50));
        Clock.Jump(clock.Between(-20, 20));
        Disk = new NodeDisk(new RandomStream(seed, RandomPurpose.Disk, 100 + id));
    }

    public override int Node => Number;

    public SimulatedCluster Cluster { get; }

    public NodeClock Clock { get; } = new();

    public NodeDisk Disk { get; }

    /// <summary>Gets the process that runs; null while there is none.</summary>
    public NodeProcess? Process { get; private set; }

    public bool IsAlive => Process is not null;

    /// <summary>Gets how many processes have ended here.</summary>
    public int Boots { get; private set; }

    /// <summary>Gets a value indicating whether the node can never start again: its disk is lost or damaged.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Gets how often faults of this node did something.</summary>
    public FaultStrikes Strikes { get; } = new();

    /// <summary>Gets or sets by what factor the processor is slower.</summary>
    public long Slowness { get; set; } = 1;

    /// <summary>Gets or sets by what factor the disk is slower.</summary>
    public long DiskSlowness { get; set; } = 1;

    /// <summary>Gets or sets until when the disk does nothing.</summary>
    public long DiskStalledUntil { get; set; }

    /// <summary>Gets or sets until when the background worker does nothing.</summary>
    public long BackgroundStalledUntil { get; set; }

    /// <summary>Gets a value indicating whether the node leads any group.</summary>
    public bool IsLeader
    {
        get
        {
            foreach (SimulatedGroup group in Cluster.Groups)
            {
                if (Leads(group))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public bool IsPaused => _pausedUntil > Cluster.Now;

    private long Now => Cluster.Now;

    /// <summary>Gets the state of a group's core here.</summary>
    public RaftStatus RaftOf(SimulatedGroup group) => Process!.Replicas[group.Index].Group.Raft;

    public bool Leads(SimulatedGroup group) =>
        Process is { Fault: null } && RaftOf(group).Role == RaftRole.Leader;

    /// <summary>Has the process started at a moment.</summary>
    public void StartAt(long time) => Cluster.Schedule(this, time, StartKind, Boots);

    /// <summary>Nothing runs here until a moment; what arrives waits.</summary>
    public void PauseUntil(long time) => _pausedUntil = Math.Max(_pausedUntil, time);

    /// <summary>Ends a pause.</summary>
    public void Resume() => _pausedUntil = 0;

    public void Receive(NodeId from, PeerMessage message) => Process!.Home.Post(
        new PeerArrival(Process.Replicas[Cluster.Group(message.Group).Index].Group, from, message));

    /// <summary>Has the process hear, after a while, that the way to a peer broke.</summary>
    public void Lose(NodeId peer, long delay)
    {
        if (IsAlive)
        {
            Cluster.Schedule(this, Now + delay, PeerLostKind, Tag(peer.Value));
        }
    }

    public void Send(NodeId receiver, PeerMessage message)
    {
        SimulatedGroup group = Cluster.Group(message.Group);
        group.Oracle.Sending(Number, message);
        group.Scenarios.Sent(Number, message);
        Cluster.Network.Send(new NodeId(Number), receiver, message);
    }

    /// <summary>Ends the process as kill -9 does: what was written stays in the page cache.</summary>
    public void Kill()
    {
        if (Process is not { } process)
        {
            return;
        }

        if (_isLogBusy)
        {
            Cluster.Probes.Reached(Probe.CrashWithinFlush);
        }

        if (_isCheckpointing)
        {
            Cluster.Probes.Reached(Probe.CrashWithinCheckpoint);
        }

        if (!_hasFlushed)
        {
            Cluster.Probes.Reached(Probe.CrashSoonAfterStart);
        }

        process.IsGone = true;
        Disk.EndProcess();
        Process = null;
        Boots++;
        _pausedUntil = 0;
        _flushing.Clear();
        _working.Clear();
        Cluster.Workload.ProcessEnded(this);
        Cluster.Network.Died(new NodeId(Number));
        Cluster.Write($"{Number} ends");
        Cluster.Recording?.Became(Now, Number, null, default);
    }

    /// <summary>Ends the process and loses what the disk may lose.</summary>
    public void LosePower()
    {
        Kill();
        if (Disk.LosePower())
        {
            Cluster.Probes.Reached(Probe.UnsyncedLostWithPower);
        }
    }

    /// <summary>Ends the process and flips a bit of what is on its disk, where its log can tell it from a torn
    /// write.</summary>
    /// <returns>Whether there was a place for it.</returns>
    public bool Rot()
    {
        long tail = Process!.Log.TailAddress;
        Kill();
        return Disk.Rot(NodeProcess.LogDirectory, Cluster.Config.SegmentSizeBits, _vouchedUntil, tail);
    }

    /// <summary>Ends the process and puts the disk back to its backup.</summary>
    public void RollBack()
    {
        Kill();
        Disk.RestoreBackup();
    }

    /// <summary>The disk is empty from now on.</summary>
    public void Wipe()
    {
        Kill();
        Disk.Wipe();
        IsLost = true;
        Cluster.Write($"{Number} has an empty disk");
    }

    public override void Handle(in SimulationEvent due)
    {
        if (due.Kind == StartKind)
        {
            if (due.Argument == Boots && !IsAlive && !IsLost)
            {
                Start();
            }

            return;
        }

        if (Process is null || due.Argument >> 32 != Boots)
        {
            return;
        }

        long value = due.Argument & uint.MaxValue;
        bool isOfDevice = due.Kind is FlushedKind or BackgroundDoneKind;
        if (IsPaused && !isOfDevice)
        {
            Postpone(due);
            return;
        }

        switch (due.Kind)
        {
            case TurnKind:
                RunTurn();
                break;
            case AppendKind:
                AppendAndFlush();
                break;
            case FlushedKind:
                Flushed();
                break;
            case HintKind:
                HintDue();
                break;
            case BackgroundKind:
                RunBackground();
                break;
            case BackgroundDoneKind:
                BackgroundDone();
                break;
            case PeerLostKind:
                Process.Home.Post(new PeerLoss(new NodeId((int)value)));
                break;
            default:
                break;
        }
    }

    private void Postpone(in SimulationEvent due)
    {
        if (due.Kind == TurnKind)
        {
            Cluster.ScheduleTurn(this, _pausedUntil, TurnKind, due.Argument);
        }
        else
        {
            Cluster.Schedule(this, _pausedUntil, due.Kind, due.Argument);
        }
    }

    /// <summary>Has a turn run soon.</summary>
    public void WakeExecutor() => TurnAt(Now + Wake());

    private long Tag(long value) => ((long)Boots << 32) | (value & uint.MaxValue);

    private long Wake() => (WakeNanosecondsMin + _processor.Exponential(WakeNanosecondsMean)) * Slowness;

    private void TurnAt(long time)
    {
        time = Math.Max(time, _busyUntil);
        if (time < _turnAt)
        {
            _turnAt = time;
            Cluster.ScheduleTurn(this, time, TurnKind, Tag(0));
        }
    }

    private void RunTurn()
    {
        NodeProcess process = Process!;
        _turnAt = long.MaxValue;
        _busyUntil = Now + (TurnNanoseconds * Slowness);
        try
        {
            process.Executor.RunTurn(Clock.Now(Now), Clock.Utc(Now), process.Home.TakeAll());
            Record();
            foreach (GroupReplica replica in process.Replicas)
            {
                replica.Of.Oracle.TurnEnded(this, replica);
                replica.Of.Scenarios.TurnEnded(this, replica);
            }

            NoteCheckpoint(process);
            NoteDiskFull(process);
            if (_mustStop)
            {
                DiskErrorIgnored();
            }

            process.PublishEnded();
        }
        catch (Exception error)
        {
            Faulted(process, error);
            return;
        }

        if (Process == process)
        {
            long deadline = Clock.TrueTime(process.Executor.NextDeadline);
            TurnAt(deadline == long.MaxValue ? deadline : Math.Max(deadline, Now));
        }
    }

    private void Faulted(NodeProcess process, Exception error)
    {
        process.Fault = error;
        foreach (GroupReplica replica in process.Replicas)
        {
            replica.Of.Oracle.TurnFailed(Number, replica);
        }

        process.Executor.Fail(error);
        process.PublishEnded();
        Cluster.Write($"{Number} faulted: {error.Message}");
        Kill();
        Cluster.Injector.Faulted(this, error);
    }

    private void Start()
    {
        Clock.Restart(Now);
        ResetLoops();
        NodeProcess process;
        try
        {
            process = new NodeProcess(this, Cluster.Config, Disk.Files, Boots);
        }
        catch (Exception error)
        {
            Cluster.Write($"{Number} does not start: {error.Message}");
            Cluster.Injector.StartRefused(this, error);
            return;
        }

        // The opening has waited for its syncs.
        Disk.Settle(Disk.Position);
        if (Disk.HasForgotten)
        {
            // It may have lost what it acknowledged: no algorithm stands on that, so it can't take part any more.
            CheckForgetful(process, Disk.HasForgottenFlushes ? 0 : _vouchedUntil);
            process.IsGone = true;
            Disk.EndProcess();
            GiveUp();
            return;
        }

        _vouchedUntil = process.Log.TailAddress;
        Process = process;
        NoteStart(process);
        Record();
        WakeExecutor();
    }

    private void NoteStart(NodeProcess process)
    {
        if (Boots > 0)
        {
            Cluster.Probes.Reached(Probe.NodeRestarted);
        }

        if (process.Log.Report.CutFile is not null)
        {
            Cluster.Probes.Reached(Probe.TornTailCut);
        }

        foreach (GroupReplica replica in process.Replicas)
        {
            replica.Of.Oracle.Recovered(this, replica);
            RaftStatus raft = replica.Group.Raft;
            Cluster.Write($"{Number} starts{Cluster.Suffix(replica.Of)}: term {raft.CurrentTerm}, log "
                + $"{replica.Recovered.Base.Index} to {raft.LastLogId.Index}, checkpoint {replica.CheckpointId}");
        }
    }

    // The disk has forgotten something that it had confirmed: what is found must still be something that was there
    // once, and damage where it can be told from a torn write must be noticed.
    private void CheckForgetful(NodeProcess process, long vouchedUntil)
    {
        Cluster.Probes.Reached(Probe.ForgottenUnnoticed);
        foreach (GroupReplica replica in process.Replicas)
        {
            replica.Of.Oracle.RecoveredLess(this, replica);
        }

        if (process.Log.TailAddress < vouchedUntil)
        {
            Cluster.Violate("damage-unnoticed", $"node {Number} recovered its log up to {process.Log.TailAddress}, "
                + $"though everything up to {vouchedUntil} was durable and vouched for");
        }
    }

    // A picture has one lane for a node: it shows the first group.
    private void Record()
    {
        if (Cluster.Recording is { } recording)
        {
            RaftStatus raft = RaftOf(Cluster.Groups[0]);
            recording.Became(Now, Number, raft.Role, raft.CurrentTerm);
        }
    }

    /// <summary>Notes that the node can't start: its disk is damaged.</summary>
    public void GiveUp() => IsLost = true;

    private void ResetLoops()
    {
        _turnAt = long.MaxValue;
        _busyUntil = Now;
        _isLogBusy = false;
        _isLogWoken = false;
        _isBackgroundBusy = false;
        _isBackgroundWoken = false;
        _isCheckpointing = false;
        _hasFlushed = false;
        _mustStop = false;
        _isHintPlanned = false;
    }
}
