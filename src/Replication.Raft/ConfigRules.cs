using Replication.Raft.Primitives;

namespace Replication.Raft;

/// <summary>What settings and a recovered state must fulfil.</summary>
internal static class ConfigRules
{
    /// <summary>How many voters a group has at most.</summary>
    public const int VotersMax = 64;

    /// <summary>Checks settings.</summary>
    /// <param name="config">The settings.</param>
    /// <exception cref="ArgumentException">One is out of bounds.</exception>
    public static void Check(RaftConfig config)
    {
        CheckVoters(config);
        Demand(
            config.HeartbeatInterval > TimeSpan.Zero,
            nameof(RaftConfig.HeartbeatInterval),
            config.HeartbeatInterval,
            "must be positive");
        Demand(
            config.ElectionTimeoutMin >= 2 * config.HeartbeatInterval,
            nameof(RaftConfig.ElectionTimeoutMin),
            config.ElectionTimeoutMin,
            "must be at least twice the heartbeat interval");
        Demand(
            config.ElectionTimeoutMax > config.ElectionTimeoutMin,
            nameof(RaftConfig.ElectionTimeoutMax),
            config.ElectionTimeoutMax,
            "must be more than the shortest election timeout");
        Demand(
            config.ElectionTimeoutMax <= TimeSpan.FromDays(1),
            nameof(RaftConfig.ElectionTimeoutMax),
            config.ElectionTimeoutMax,
            "must be at most a day");
        DemandPositive(config.AppendEntriesMax, nameof(RaftConfig.AppendEntriesMax));
        DemandPositive(config.AppendBytesMax, nameof(RaftConfig.AppendBytesMax));
        DemandPositive(config.InflightEntriesMax, nameof(RaftConfig.InflightEntriesMax));
        DemandPositive(config.InflightMessagesMax, nameof(RaftConfig.InflightMessagesMax));
        DemandPositive(config.InflightBytesMax, nameof(RaftConfig.InflightBytesMax));
    }

    /// <summary>Checks a recovered state.</summary>
    /// <param name="recovery">The state.</param>
    /// <param name="last">The last index of its log.</param>
    /// <exception cref="ArgumentException">It contradicts itself.</exception>
    public static void Check(RaftRecovery recovery, LogIndex last)
    {
        if (recovery.CommitIndex > last)
        {
            throw new ArgumentException(
                $"The recovered log ends at {last}, but {recovery.CommitIndex} was committed.", nameof(recovery));
        }

        if (recovery.Base.Term > recovery.HardState.CurrentTerm)
        {
            throw new ArgumentException(
                $"The compacted log ends in term {recovery.Base.Term}, but the persisted term is"
                + $" {recovery.HardState.CurrentTerm}.",
                nameof(recovery));
        }
    }

    private static void CheckVoters(RaftConfig config)
    {
        Demand(config.NodeId.Value > 0, nameof(RaftConfig.NodeId), config.NodeId, "must be positive");
        ArgumentNullException.ThrowIfNull(config.Voters, nameof(RaftConfig.Voters));
        Demand(
            config.Voters.Count is > 0 and <= VotersMax,
            nameof(RaftConfig.Voters),
            config.Voters.Count,
            "must name 1 to 64 voters");
        bool isSelfThere = false;
        for (int at = 0; at < config.Voters.Count; at++)
        {
            RaftVoter voter = config.Voters[at];
            Demand(voter.Id.Value > 0, nameof(RaftConfig.Voters), voter, "must have positive node ids");
            Demand(voter.Priority >= 0, nameof(RaftConfig.Voters), voter, "must have priorities of at least 0");
            isSelfThere |= voter.Id == config.NodeId;
            for (int before = 0; before < at; before++)
            {
                Demand(config.Voters[before].Id != voter.Id, nameof(RaftConfig.Voters), voter, "must name a node once");
            }
        }

        Demand(isSelfThere, nameof(RaftConfig.Voters), config.NodeId, "must name this node too");
    }

    private static void DemandPositive(long value, string setting) =>
        Demand(value >= 1, setting, value, "must be at least 1");

    private static void Demand<T>(bool condition, string setting, T value, string rule)
    {
        if (!condition)
        {
            throw new ArgumentException($"{setting} {rule}, but it is {value}.", setting);
        }
    }
}
