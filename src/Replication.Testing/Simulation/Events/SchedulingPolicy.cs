using Replication.Testing.Simulation.Randomness;

namespace Replication.Testing.Simulation.Events;

/// <summary>Which order events come in that a real cluster might see in any order.</summary>
internal enum SchedulingKind
{
    /// <summary>In the order of their times; of one moment, in the order in which they were caused.</summary>
    Fifo,

    /// <summary>Times are rounded up to ticks, and within a tick the order is random.</summary>
    RandomTiebreak,

    /// <summary>Each event is late by a random amount.</summary>
    Jitter,

    /// <summary>Within a tick the order is that of random priorities of the actors, which change at a few random
    /// moments (probabilistic concurrency testing, Burckhardt et al. 2010).</summary>
    Priorities,

    /// <summary>A bounded number of events is delayed for long (delay-bounded scheduling, Emmi et al. 2011).</summary>
    DelayBounded,

    /// <summary>The events of one node are always late.</summary>
    StarvedNode,
}

/// <summary>Decides when exactly an event comes, and before which others of the same moment. Never earlier than
/// asked.</summary>
internal sealed class SchedulingPolicy
{
    private const long TickNanoseconds = 200_000;
    private const long JitterNanosecondsMax = 500_000;
    private const long StarvedNanosecondsMax = 15_000_000;
    private const long DelayNanosecondsMax = 300_000_000;

    // Over how many events the changes and delays of a run are spread.
    private const int SpreadEvents = 200_000;
    private readonly SchedulingKind _kind;
    private readonly RandomStream _random;
    private readonly int _starved;
    private readonly HashSet<long> _points = [];
    private readonly Dictionary<int, ulong> _priorities = [];
    private ulong _lowest = ulong.MaxValue;
    private long _events;

    public SchedulingPolicy(SchedulingKind kind, int depth, int nodes, RandomStream random)
    {
        _kind = kind;
        _random = random;
        _starved = kind == SchedulingKind.StarvedNode ? 1 + random.Below(nodes) : 0;
        for (int i = 0; i < depth && kind is SchedulingKind.Priorities or SchedulingKind.DelayBounded; i++)
        {
            _points.Add(random.Below((long)SpreadEvents));
        }
    }

    /// <summary>Decides on an event.</summary>
    /// <param name="actor">To whom it happens.</param>
    /// <param name="time">When it is due; on return when it comes.</param>
    /// <returns>The order among events of that moment.</returns>
    public ulong Place(SimulationActor actor, ref long time)
    {
        switch (_kind)
        {
            case SchedulingKind.RandomTiebreak:
                time = UpToTick(time);
                return _random.Next();
            case SchedulingKind.Jitter:
                time += _random.Below(JitterNanosecondsMax);
                return 0;
            case SchedulingKind.Priorities:
                time = UpToTick(time);
                return Priority(actor.Number);
            case SchedulingKind.DelayBounded:
                if (_points.Remove(_events++))
                {
                    time += _random.Below(DelayNanosecondsMax);
                }

                return 0;
            case SchedulingKind.StarvedNode when actor.Node == _starved:
                time += _random.Below(StarvedNanosecondsMax);
                return 0;
            default:
                return 0;
        }
    }

    private static long UpToTick(long time) => (time + TickNanoseconds - 1) / TickNanoseconds * TickNanoseconds;

    private ulong Priority(int actor)
    {
        bool isPoint = _points.Remove(_events++);
        if (isPoint || !_priorities.TryGetValue(actor, out ulong priority))
        {
            priority = isPoint ? _lowest-- : _random.Next() >> 1;
            _priorities[actor] = priority;
        }

        return priority;
    }
}
