using Replication.Testing.Simulation.Networks;
using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Faults;

/// <summary>Draws the plan of a run. The atlas is kept here: a plan damages the disks of a minority at most, so that
/// every run
/// can be healed by what it has left.</summary>
internal sealed class FaultPlanner
{
    private const long FirstMilliseconds = 1_500;
    private const double BurstChance = 0.25;
    private readonly SimulationConfig _config;
    private readonly RandomStream _random;
    private readonly List<(FaultKind Kind, int Weight)> _kinds = [];
    private readonly List<PlannedFault> _faults = [];
    private int _damageLeft;
    private int _totalWeight;

    private FaultPlanner(SimulationConfig config)
    {
        _config = config;
        _random = new RandomStream(config.Seed, RandomPurpose.Plan);
        _damageLeft = Math.Min(config.DamagedNodesMax, (config.Nodes - 1) / 2);
        AddKinds();
    }

    /// <summary>Draws a plan.</summary>
    public static FaultPlan Draw(SimulationConfig config)
    {
        FaultPlanner planner = new(config);
        if (planner._kinds.Count > 0)
        {
            planner.Draw();
        }

        return new FaultPlan(planner._faults);
    }

    /// <summary>Gets the class that a fault is drawn from.</summary>
    public static FaultClasses ClassOf(FaultKind kind) => kind switch
    {
        FaultKind.Kill or FaultKind.CrashLoop => FaultClasses.Kills,
        FaultKind.PowerLoss or FaultKind.PowerLossOfAll => FaultClasses.PowerLosses,
        FaultKind.Pause or FaultKind.SlowProcessor or FaultKind.StalledBackground => FaultClasses.Pauses,
        FaultKind.ClockJump or FaultKind.ClockRate => FaultClasses.Clocks,
        FaultKind.SlowDisk or FaultKind.StalledDisk or FaultKind.FullDisk or FaultKind.ReadError =>
            FaultClasses.DiskTrouble,
        FaultKind.Transfer => FaultClasses.Transfers,
        FaultKind.SyncError or FaultKind.WriteError or FaultKind.BitRot or FaultKind.Wipe or FaultKind.LyingFlush
            or FaultKind.LostWrite or FaultKind.MisdirectedWrite or FaultKind.Rollback => FaultClasses.DiskDamage,
        FaultKind.Loss or FaultKind.Corruption or FaultKind.LatencyTail or FaultKind.SlowNetwork
            or FaultKind.Duplication or FaultKind.Reordering or FaultKind.Replay or FaultKind.Bandwidth =>
                FaultClasses.Messages,
        _ => FaultClasses.Partitions,
    };

    private void AddKinds()
    {
        Add(FaultClasses.Kills, (FaultKind.Kill, 6));
        if (_config.HasCrashLoops)
        {
            Add(FaultClasses.Kills, (FaultKind.CrashLoop, 6));
        }

        Add(FaultClasses.PowerLosses, (FaultKind.PowerLoss, 6), (FaultKind.PowerLossOfAll, 1));
        Add(FaultClasses.Pauses, (FaultKind.Pause, 4), (FaultKind.SlowProcessor, 2), (FaultKind.StalledBackground, 1));
        Add(FaultClasses.Clocks, (FaultKind.ClockJump, 3), (FaultKind.ClockRate, 2));
        Add(FaultClasses.DiskTrouble, (FaultKind.SlowDisk, 2), (FaultKind.StalledDisk, 2), (FaultKind.FullDisk, 1),
            (FaultKind.ReadError, 1));
        Add(FaultClasses.Transfers, (FaultKind.Transfer, 4));
        if (_config.Nodes > 1)
        {
            Add(FaultClasses.Partitions,
                (FaultKind.CutOneWay, 3), (FaultKind.Isolate, 4), (FaultKind.Deaf, 2), (FaultKind.Halves, 3),
                (FaultKind.MajorityRing, 2), (FaultKind.Bridge, 2), (FaultKind.Flapping, 2),
                (FaultKind.SwizzleClog, 1), (FaultKind.BreakConnection, 2));
            Add(FaultClasses.Messages,
                (FaultKind.Loss, 3), (FaultKind.Corruption, 1), (FaultKind.LatencyTail, 3), (FaultKind.SlowNetwork, 2),
                (FaultKind.Bandwidth, 2));
            if (_config.Network == NetworkMode.Datagrams)
            {
                Add(FaultClasses.Messages,
                    (FaultKind.Duplication, 3), (FaultKind.Reordering, 3), (FaultKind.Replay, 3));
            }
        }

        if (_damageLeft > 0)
        {
            Add(FaultClasses.DiskDamage,
                (FaultKind.SyncError, 3), (FaultKind.WriteError, 3), (FaultKind.BitRot, 2), (FaultKind.Wipe, 1),
                (FaultKind.LyingFlush, 1), (FaultKind.LostWrite, 1), (FaultKind.MisdirectedWrite, 1),
                (FaultKind.Rollback, 1));
        }
    }

    private void Add(FaultClasses of, params ReadOnlySpan<(FaultKind Kind, int Weight)> kinds)
    {
        if (!_config.Faults.HasFlag(of))
        {
            return;
        }

        foreach ((FaultKind Kind, int Weight) kind in kinds)
        {
            _kinds.Add(kind);
            _totalWeight += kind.Weight;
        }
    }

    private void Draw()
    {
        long at = FirstMilliseconds;
        while (at < _config.SafetyMilliseconds)
        {
            if (DrawOne(at) is { } fault)
            {
                _faults.Add(fault);
            }

            // What goes wrong while a cluster still gets over something finds it at its weakest.
            at += 1 + (_random.Chance(BurstChance) ? _random.Below(2 * _config.ElectionTimeoutMaxMilliseconds)
                : _random.Exponential(_config.FaultIntervalMilliseconds));
        }
    }

    private FaultKind DrawKind()
    {
        int ticket = _random.Below(_totalWeight);
        foreach ((FaultKind kind, int weight) in _kinds)
        {
            ticket -= weight;
            if (ticket < 0)
            {
                return kind;
            }
        }

        throw new InvalidOperationException("The ticket is below the sum of all weights.");
    }

    // Every fault draws the same numbers, whatever its kind.
    private PlannedFault? DrawOne(long at)
    {
        FaultKind kind = DrawKind();
        int node = 1 + _random.Below(_config.Nodes);
        int peer = 1 + _random.Below(_config.Nodes);
        long duration = _random.LogBetween(50, 8_000);
        double amount = _random.Unit();
        bool isLeader = _random.Chance(0.3);
        switch (kind)
        {
            case var damage when ClassOf(damage) == FaultClasses.DiskDamage:
                return --_damageLeft >= 0
                    ? new PlannedFault(at, kind, node, 0, duration, Scaled(amount, 1, 1000)) : null;
            case FaultKind.Halves or FaultKind.SwizzleClog:
                return new PlannedFault(at, kind, 0, 1 + (int)(amount * ((1 << _config.Nodes) - 2)), duration, 0);
            case FaultKind.CutOneWay or FaultKind.BreakConnection:
                return node == peer ? null : new PlannedFault(at, kind, node, peer, duration, 0);
            default:
                return new PlannedFault(at, kind, isLeader && MayBeLeader(kind) ? 0 : node, 0, duration,
                    AmountOf(kind, amount));
        }
    }

    private static bool MayBeLeader(FaultKind kind) => kind is FaultKind.Kill or FaultKind.CrashLoop
        or FaultKind.PowerLoss or FaultKind.Pause or FaultKind.Isolate or FaultKind.Deaf or FaultKind.SlowDisk
        or FaultKind.StalledDisk or FaultKind.Flapping or FaultKind.ClockJump or FaultKind.ClockRate
        or FaultKind.SlowProcessor or FaultKind.Bridge;

    private static long AmountOf(FaultKind kind, double amount) => kind switch
    {
        FaultKind.ClockJump => Scaled(amount, 1, 3_600_000) * (amount < 0.5 ? -1 : 1),
        FaultKind.ClockRate => Scaled(amount, 1, 400),
        FaultKind.SlowProcessor => Scaled(amount, 2, 300),
        FaultKind.SlowDisk => Scaled(amount, 2, 300),
        FaultKind.SlowNetwork => Scaled(amount, 2, 50),
        FaultKind.Flapping => Scaled(amount, 20, 2_000),
        FaultKind.CrashLoop => Scaled(amount, 300, 4_000),
        FaultKind.Loss => Scaled(amount, 5, 500),
        FaultKind.Corruption => Scaled(amount, 1, 10),
        FaultKind.Duplication or FaultKind.Reordering or FaultKind.Replay or FaultKind.LatencyTail =>
            Scaled(amount, 5, 400),
        FaultKind.FullDisk => Scaled(amount, 1, 96 << 10),
        FaultKind.Bandwidth => Scaled(amount, 4, 2_000),
        _ => 0,
    };

    private static long Scaled(double unit, long from, long to) =>
        (long)Math.Round(from * PortableMath.Pow((double)to / from, unit));
}
