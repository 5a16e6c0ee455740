using Replication.Raft.Determinism;
using Replication.Raft.Primitives;

namespace Replication.Raft.Roles;

/// <summary>
/// When a node that doesn't lead stands for election, and how long it trusts the leader it heard (thesis §3.4,
/// §4.2.3).
/// </summary>
internal sealed class ElectionClock
{
    private readonly RaftConfig _config;
    private readonly SplitMix64 _random;
    private readonly TimeSpan _patience;
    private TimeSpan _timeout;
    private Instant _heardAt;
    private bool _hasHeard;

    /// <summary>Creates the clock and draws the first timeout.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="random">The core's random numbers.</param>
    /// <param name="now">The current moment.</param>
    public ElectionClock(RaftConfig config, SplitMix64 random, Instant now)
    {
        _config = config;
        _random = random;
        _patience = PatienceOf(config);
        Draw(now);
        if (config.Voters.Count == 1)
        {
            // Nobody else can lead: waiting would gain nothing.
            Deadline = now;
        }
    }

    /// <summary>Gets when the node stands for election unless it hears a leader.</summary>
    public Instant Deadline { get; private set; }

    /// <summary>Draws a new timeout and waits for all of it.</summary>
    /// <param name="now">The current moment.</param>
    public void Draw(Instant now)
    {
        long span = (_config.ElectionTimeoutMax - _config.ElectionTimeoutMin).Ticks;
        _timeout = _config.ElectionTimeoutMin + _patience + TimeSpan.FromTicks(_random.NextBelow(span + 1));
        Deadline = now + _timeout;
    }

    /// <summary>Waits for the whole of the drawn timeout again.</summary>
    /// <param name="now">The current moment.</param>
    public void Restart(Instant now) => Deadline = now + _timeout;

    /// <summary>Notes a sign of life of the current leader.</summary>
    /// <param name="now">The current moment.</param>
    public void LeaderHeard(Instant now)
    {
        _heardAt = now;
        _hasHeard = true;
        Restart(now);
    }

    /// <summary>Forgets the leader.</summary>
    public void LeaderGone() => _hasHeard = false;

    /// <summary>Gets whether a leader was heard within the shortest election timeout.</summary>
    /// <param name="now">The current moment.</param>
    /// <remarks>
    /// Such a node ignores requests for votes, so that one that was cut off disrupts nobody (thesis §4.2.3).
    /// </remarks>
    public bool HearsLeader(Instant now) => _hasHeard && now < _heardAt + _config.ElectionTimeoutMin;

    // A voter waits one span of the timeout longer for each distinct priority above its own, so that the ranks stand
    // one after the other; priority 0 waits two whole timeouts on top, until every other has had its turn.
    private static TimeSpan PatienceOf(RaftConfig config)
    {
        int own = config.Voters.First(voter => voter.Id == config.NodeId).Priority;
        int rank = config.Voters.Select(voter => voter.Priority).Where(priority => priority > own).Distinct().Count();
        TimeSpan patience = rank * (config.ElectionTimeoutMax - config.ElectionTimeoutMin);
        return own == 0 && rank > 0 ? patience + (2 * config.ElectionTimeoutMax) : patience;
    }
}
