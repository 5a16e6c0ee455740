using Microsoft.Extensions.Logging;
using Replication.Diagnostics;
using Replication.Errors;
using Replication.Groups;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Raft;
using Replication.StateMachines;
using Replication.Storage.Files;
using Replication.Storage.Identity;
using Replication.Storage.Records;
using Replication.Storage.Wal;
using Replication.Transport;

namespace Replication.Hosting;

/// <summary>What the running parts of a host are made from.</summary>
internal sealed class HostParts
{
    /// <summary>Where the write-ahead log is in the data directory.</summary>
    public const string LogDirectory = "wal";

    public required ReplicaHostOptions Options { get; init; }

    public required IReadOnlyList<ClusterMember> Members { get; init; }

    public required IFileSystem Files { get; init; }

    public required IRecordLogFactory Records { get; init; }

    public required ITransport Transport { get; init; }

    public required IReadOnlyList<GroupPart> Groups { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    public required ILoggerFactory LoggerFactory { get; init; }

    public required ReplicationMetrics Metrics { get; init; }

    public NodeId NodeId => Options.NodeId;

    /// <summary>Gets where the write-ahead log is and how it is cut into files.</summary>
    public RecordLogOptions LogOptions { get; init; } = new() { Directory = LogDirectory, GrowthBytes = 512 << 10 };

    /// <summary>Gets the settings of a group's core. The seed differs per group, node and start, so that no two draw
    /// alike.</summary>
    /// <param name="group">The group.</param>
    /// <param name="seed">The host's seed.</param>
    /// <param name="bootId">The number of this start.</param>
    /// <returns>The settings.</returns>
    public RaftConfig Config(string group, ulong seed, int bootId)
    {
        List<RaftVoter> voters = [];
        foreach (ClusterMember member in Members)
        {
            voters.Add(new RaftVoter(member.NodeId, member.Priority));
        }

        return new RaftConfig
        {
            NodeId = NodeId,
            Voters = voters,
            Seed = Mix(Mix(Mix(seed, (ulong)GroupId.FromName(group).Value), (ulong)NodeId.Value), (ulong)bootId),
            HeartbeatInterval = Options.HeartbeatInterval,
            ElectionTimeoutMin = Options.ElectionTimeoutMin,
            ElectionTimeoutMax = Options.ElectionTimeoutMax,
        };
    }

    /// <summary>Gets the settings of a group.</summary>
    /// <param name="bootId">The number of this start.</param>
    /// <returns>The settings.</returns>
    public GroupSettings Settings(int bootId) => new()
    {
        BootId = bootId,
        ForwardWrites = Options.ForwardWrites,
        WriteTimeout = Options.WriteTimeout,
        ReadTimeout = Options.ReadTimeout,
        LeaderWait = 2 * Options.ElectionTimeoutMax,
        PendingBytesMax = Options.PendingBytesMax,
        EntryCacheBytesMax = Options.EntryCacheBytesMax,
        CheckpointLogBytes = Options.CheckpointLogBytes,
        LogBytesMax = Options.LogBytesMax,
    };

    /// <summary>Refuses a log that holds groups which are not defined: to go on would leave their data behind in
    /// silence.</summary>
    /// <param name="recovered">The groups in the log.</param>
    public void RefuseUnknownGroups(IReadOnlyDictionary<GroupId, RecoveredGroup> recovered)
    {
        HashSet<GroupId> known = [.. Groups.Select(group => GroupId.FromName(group.Name))];
        foreach (GroupId id in recovered.Keys)
        {
            if (!known.Contains(id))
            {
                throw new DataDirectoryException(
                    $"The data directory holds group {id}, which is none of the defined ones "
                        + $"({string.Join(", ", Groups.Select(group => group.Name))}). Define every group that "
                            + $"this node has.");
            }
        }
    }

    // The finalizer of SplitMix64: close numbers in, far ones out.
    private static ulong Mix(ulong left, ulong right)
    {
        ulong mixed = unchecked(left + 0x9E3779B97F4A7C15UL + (right * 0xBF58476D1CE4E5B9UL));
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
        return mixed ^ (mixed >> 31);
    }
}

/// <summary>A group to be run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Machine">Its state machine, at its newest checkpoint.</param>
/// <param name="HasUserCode">Whether the machine is the user's.</param>
internal sealed record GroupPart(string Name, ICheckpointedStateMachine Machine, bool HasUserCode = false);
