using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Events;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;

namespace Replication.Testing.Simulation.Faults;

/// <summary>Executes a plan: begins each fault at its time, ends it after its duration, and mends everything when the
/// time of
/// faults is over. Restarts what stopped, as an operator would.</summary>
internal sealed class FaultInjector : SimulationActor
{
    private const int BeginKind = 1;
    private const int EndKind = 2;
    private const int StepKind = 3;
    private const long Millisecond = 1_000_000;
    private readonly SimulatedCluster _cluster;
    private readonly NetworkFaults _network;
    private readonly long[] _effects = new long[Enum.GetValues<FaultKind>().Length];
    private readonly int[] _targets;
    private readonly long[] _witnessed;
    private readonly FaultPlan _plan;
    private bool _isOver;

    public FaultInjector(SimulatedCluster cluster, FaultPlan plan)
    {
        Number = 3000;
        _cluster = cluster;
        _plan = plan;
        _network = new NetworkFaults(cluster);
        _targets = new int[plan.Faults.Count];
        _witnessed = new long[plan.Faults.Count];
    }

    /// <summary>Gets how many faults of a kind were executed and had an effect.</summary>
    public IReadOnlyList<long> Effects => _effects;

    /// <summary>Gets a value indicating whether there was anything to execute.</summary>
    public bool HadPlan => _plan.Faults.Count > 0;

    /// <summary>Puts the plan into the queue of events.</summary>
    public void Begin()
    {
        for (int i = 0; i < _plan.Faults.Count; i++)
        {
            _cluster.Schedule(this, _plan.Faults[i].AtMilliseconds * Millisecond, BeginKind, i);
        }
    }

    /// <summary>Ends every fault and starts every node that can start.</summary>
    public void HealAll()
    {
        _isOver = true;
        for (int i = 0; i < _targets.Length; i++)
        {
            if (_targets[i] > 0)
            {
                End(i);
            }
        }

        NodeFaults.CountOnDisks(_cluster, _effects);
        foreach (SimulatedNode node in _cluster.Nodes)
        {
            node.Disk.Heal();
            node.Resume();
            if (!node.IsAlive)
            {
                node.StartAt(_cluster.Now);
            }
        }
    }

    /// <summary>A process stopped with an error. A disk error that was injected is what it should stop for; anything
    /// else is
    /// a bug.</summary>
    public void Faulted(SimulatedNode node, Exception error)
    {
        if (!IsOfDisk(error) || !node.Disk.HasTrouble)
        {
            _cluster.Violate("unexpected-fault", $"node {node.Number} stopped: {error}", error);
            return;
        }

        _cluster.Probes.Reached(Probe.NodeFaultedByDisk);
        if (node.Disk.HasLittleRoom)
        {
            _cluster.Probes.Reached(Probe.NodeStoppedByFullDisk);
            node.Strikes.Add(FaultKind.FullDisk);
        }

        node.StartAt(_cluster.Now + (200 * Millisecond));
    }

    /// <summary>A process did not start. A damaged disk is what it should refuse; anything else is a bug.</summary>
    public void StartRefused(SimulatedNode node, Exception error)
    {
        bool isDamage = error is StorageCorruptedException;
        if (!IsOfDisk(error) || !(isDamage ? node.Disk.IsDamaged : node.Disk.HasTrouble))
        {
            _cluster.Violate("unexpected-refusal", $"node {node.Number} does not start: {error}", error);
            return;
        }

        if (isDamage)
        {
            _cluster.Probes.Reached(node.Disk.HasForgotten ? Probe.ForgottenRefused : Probe.DamageRefused);
            node.GiveUp();
        }
        else
        {
            node.StartAt(_cluster.Now + (500 * Millisecond));
        }
    }

    public override void Handle(in SimulationEvent due)
    {
        int number = (int)due.Argument;
        if (_isOver)
        {
            return;
        }

        switch (due.Kind)
        {
            case BeginKind:
                Begin(number);
                break;
            case EndKind when _targets[number] > 0:
                End(number);
                break;
            case StepKind when _targets[number] > 0:
                Step(number);
                break;
            default:
                break;
        }
    }

    private static bool IsOfDisk(Exception error) =>
        error is StorageFailedException or StorageCorruptedException || error.InnerException is StorageFailedException;

    private void Begin(int number)
    {
        PlannedFault fault = _plan.Faults[number];
        int target = fault.Node != 0 ? fault.Node : GroupOf(fault).Leader?.Number
            ?? 1 + (int)(fault.AtMilliseconds % _cluster.Config.Nodes);
        _targets[number] = target;
        _witnessed[number] = FaultWitness.Count(_cluster, _network, fault, target);
        _cluster.Write($"fault {fault} on {target}");
        if (!TryBegin(fault, number, target))
        {
            _targets[number] = 0;
            return;
        }

        _effects[(int)fault.Kind] += NodeFaults.StrikesLater(fault.Kind) || FaultWitness.Has(fault.Kind) ? 0 : 1;
        _cluster.Recording?.FaultBegan(_cluster.Now, number, fault, target);
        _cluster.Schedule(this, _cluster.Now + (fault.DurationMilliseconds * Millisecond), EndKind, number);
    }

    private bool TryBegin(in PlannedFault fault, int number, int target)
    {
        SimulatedNode node = _cluster.Nodes[target - 1];
        switch (fault.Kind)
        {
            case FaultKind.PowerLossOfAll:
                foreach (SimulatedNode each in _cluster.Nodes)
                {
                    each.LosePower();
                }

                _cluster.Probes.Reached(Probe.AllNodesDown);
                return true;
            case FaultKind.Flapping or FaultKind.SwizzleClog or FaultKind.CrashLoop:
                _cluster.Schedule(this, _cluster.Now, StepKind, number);
                return true;
            case FaultKind.Transfer:
                return TryTransfer(node, GroupOf(fault));
            default:
                return _network.TryBegin(fault, target) || NodeFaults.TryBegin(_cluster, node, fault);
        }
    }

    // A fault of the leader is one of some group's.
    private SimulatedGroup GroupOf(in PlannedFault fault) =>
        _cluster.Groups[fault.AtMilliseconds % _cluster.Groups.Length];

    private bool TryTransfer(SimulatedNode target, SimulatedGroup group)
    {
        if (group.Leader is not { } leader)
        {
            return false;
        }

        _cluster.Probes.Reached(Probe.TransferAsked);
        group.Oracle.TransferAsked(leader.Number);
        leader.Process!.Home.Post(new Groups.Shell.TransferCommand(
            leader.Process.Replicas[group.Index].Group, leader == target ? NodeId.None : new NodeId(target.Number)));
        return true;
    }

    private void End(int number)
    {
        PlannedFault fault = _plan.Faults[number];
        int target = _targets[number];
        _targets[number] = 0;
        if (FaultWitness.Count(_cluster, _network, fault, target) > _witnessed[number])
        {
            _effects[(int)fault.Kind]++;
        }

        _cluster.Write($"fault {fault} ends");
        _cluster.Recording?.FaultEnded(_cluster.Now, number);
        if (fault.Kind == FaultKind.PowerLossOfAll)
        {
            foreach (SimulatedNode node in _cluster.Nodes)
            {
                node.StartAt(_cluster.Now);
            }

            return;
        }

        if (!_network.TryEnd(fault))
        {
            NodeFaults.End(_cluster, _cluster.Nodes[target - 1], fault);
        }
    }

    private void Step(int number)
    {
        PlannedFault fault = _plan.Faults[number];
        int target = _targets[number];
        long pause = fault.Kind == FaultKind.CrashLoop
            ? NodeFaults.CrashAgain(_cluster, _cluster.Nodes[target - 1], fault) : _network.Step(fault, target);
        _cluster.Schedule(this, _cluster.Now + (pause * Millisecond), StepKind, number);
    }
}
