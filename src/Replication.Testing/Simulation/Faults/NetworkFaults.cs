using Replication.Testing.Simulation.Networks;

namespace Replication.Testing.Simulation.Faults;

/// <summary>The faults of the network: which links are cut, and what happens to messages.</summary>
internal sealed class NetworkFaults(SimulatedCluster cluster)
{
    private readonly HashSet<(PlannedFault Fault, int From, int To)> _cuts = [];
    private readonly Dictionary<PlannedFault, long> _cutOff = [];
    private int _steps;

    private int Nodes => cluster.Config.Nodes;

    /// <summary>Begins a fault, if it is one of the network.</summary>
    public bool TryBegin(in PlannedFault fault, int target)
    {
        if (fault.Kind == FaultKind.BreakConnection)
        {
            NetworkLink link = cluster.Network.Link(fault.Node, fault.Peer);
            if (link.IsUp)
            {
                cluster.Network.Trouble.Strikes.Add(FaultKind.BreakConnection);
            }

            link.Break("reset");
            return true;
        }

        return TrySetTrouble(fault, isOn: true) || TryCut(fault, target);
    }

    /// <summary>Ends a fault, if it is one of the network.</summary>
    public bool TryEnd(in PlannedFault fault)
    {
        if (fault.Kind == FaultKind.BreakConnection || TrySetTrouble(fault, isOn: false))
        {
            return true;
        }

        for (int from = 1; from <= Nodes; from++)
        {
            for (int to = 1; to <= Nodes; to++)
            {
                Join(fault, from, to);
            }
        }

        return fault.Kind is FaultKind.CutOneWay or FaultKind.Isolate or FaultKind.Deaf or FaultKind.Halves
            or FaultKind.MajorityRing or FaultKind.Bridge or FaultKind.Flapping or FaultKind.SwizzleClog;
    }

    /// <summary>Gets how many messages were cut off so far on the ways that a fault cuts, while it did.</summary>
    public long CutOff(PlannedFault fault) => _cutOff.GetValueOrDefault(fault)
        + _cuts.Where(cut => cut.Fault == fault).Sum(cut => cluster.Network.Link(cut.From, cut.To).CutOff);

    /// <summary>Takes a step of a fault that goes on and off.</summary>
    /// <returns>After how many milliseconds the next one is due.</returns>
    public long Step(in PlannedFault fault, int target)
    {
        // A stride that leads to each node in turn.
        _steps += Nodes % 7 == 0 ? 5 : 7;
        int node = fault.Kind == FaultKind.Flapping ? target : 1 + (_steps % Nodes);
        bool isIn = fault.Kind == FaultKind.Flapping || (fault.Peer & (1 << (node - 1))) != 0;
        bool isCut = _cuts.Contains((fault, node, 1 + (node % Nodes)));
        for (int other = 1; other <= Nodes && isIn; other++)
        {
            if (isCut)
            {
                Join(fault, node, other);
                Join(fault, other, node);
            }
            else
            {
                Cut(fault, node, other);
                Cut(fault, other, node);
            }
        }

        return fault.Kind == FaultKind.Flapping ? Math.Max(1, fault.Amount) : 150;
    }

    private bool TryCut(in PlannedFault fault, int target)
    {
        switch (fault.Kind)
        {
            case FaultKind.CutOneWay:
                Cut(fault, fault.Node, fault.Peer);
                return true;
            case FaultKind.Isolate or FaultKind.Deaf:
                for (int other = 1; other <= Nodes; other++)
                {
                    Cut(fault, other, target);
                    if (fault.Kind == FaultKind.Isolate)
                    {
                        Cut(fault, target, other);
                    }
                }

                return true;
            case FaultKind.Halves or FaultKind.MajorityRing or FaultKind.Bridge:
                CutPairs(fault, target);
                return true;
            default:
                return false;
        }
    }

    private void CutPairs(in PlannedFault fault, int target)
    {
        for (int from = 1; from <= Nodes; from++)
        {
            for (int to = 1; to <= Nodes; to++)
            {
                if (Separates(fault, target, from, to))
                {
                    Cut(fault, from, to);
                }
            }
        }
    }

    private bool Separates(in PlannedFault fault, int target, int from, int to) => fault.Kind switch
    {
        FaultKind.Halves => ((fault.Peer >> (from - 1)) & 1) != ((fault.Peer >> (to - 1)) & 1),

        // Around the ring a node reaches as many neighbours on each side as make a majority with itself.
        FaultKind.MajorityRing => Math.Min((from - to + Nodes) % Nodes, (to - from + Nodes) % Nodes) > (Nodes + 2) / 4,
        _ => from != target && to != target && Side(from, target) != Side(to, target),
    };

    private int Side(int node, int middle) => (node - middle + Nodes) % Nodes <= Nodes / 2 ? 0 : 1;

    private void Cut(in PlannedFault fault, int from, int to)
    {
        if (from != to && _cuts.Add((fault, from, to)))
        {
            NetworkLink link = cluster.Network.Link(from, to);
            _cutOff[fault] = _cutOff.GetValueOrDefault(fault) - link.CutOff;
            link.Cut(isCut: true);
        }
    }

    private void Join(in PlannedFault fault, int from, int to)
    {
        if (_cuts.Remove((fault, from, to)))
        {
            NetworkLink link = cluster.Network.Link(from, to);
            _cutOff[fault] += link.CutOff;
            link.Cut(isCut: false);
        }
    }

    private bool TrySetTrouble(in PlannedFault fault, bool isOn)
    {
        NetworkTrouble trouble = cluster.Network.Trouble;
        double probability = isOn ? fault.Amount / 1000.0 : 0;
        switch (fault.Kind)
        {
            case FaultKind.Loss:
                trouble.Loss = probability;
                return true;
            case FaultKind.Duplication:
                trouble.Duplication = probability;
                return true;
            case FaultKind.Reordering:
                trouble.Reordering = probability;
                return true;
            case FaultKind.Corruption:
                trouble.Corruption = probability;
                return true;
            case FaultKind.Replay:
                trouble.Replay = probability;
                return true;
            case FaultKind.LatencyTail:
                trouble.LatencyTail = probability;
                return true;
            case FaultKind.SlowNetwork:
                trouble.SlowFactor = isOn ? fault.Amount : 1;
                return true;
            case FaultKind.Bandwidth:
                trouble.BytesPerSecond = isOn ? fault.Amount * 1000 : 0;
                return true;
            default:
                return false;
        }
    }
}
