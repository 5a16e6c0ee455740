using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;

namespace Replication.Raft.Tests.Contract;

/// <summary>Settings and recovered states that can't work are refused with the offending value.</summary>
public class ConfigTests
{
    private static readonly NodeId One = new(1);

    public static TheoryData<string, RaftConfig> BadConfigs => new()
    {
        { "NodeId", Config(NodeId.None, [new(One)]) },
        { "Voters", Config(One, []) },
        { "Voters", Config(One, [new(new NodeId(2))]) },
        { "Voters", Config(One, [new(One), new(One)]) },
        { "Voters", Config(One, [new(One), new(NodeId.None)]) },
        { "Voters", Config(One, [new(One, Priority: -1)]) },
        { "Voters", Config(One, [.. Enumerable.Range(1, 65).Select(id => new RaftVoter(new NodeId(id)))]) },
        { "HeartbeatInterval", Timing(0, 300, 600) },
        { "ElectionTimeoutMin", Timing(50, 99, 600) },
        { "ElectionTimeoutMax", Timing(50, 300, 300) },
        { "ElectionTimeoutMax", Timing(50, 300, 90_000_000) },
        { "AppendEntriesMax", Limits(entries: 0) },
        { "AppendBytesMax", Limits(bytes: 0) },
        { "InflightEntriesMax", Limits(windowEntries: 0) },
        { "InflightMessagesMax", Limits(windowMessages: 0) },
        { "InflightBytesMax", Limits(windowBytes: 0) },
    };

    [Theory]
    [MemberData(nameof(BadConfigs))]
    public void A_setting_out_of_bounds_is_named(string setting, RaftConfig config)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new RaftCore(config, new RaftRecovery(), new Instant(0)));

        Assert.StartsWith(setting, error.Message, StringComparison.Ordinal);
        Assert.Equal(setting, error.ParamName);
    }

    [Fact]
    public void The_defaults_are_within_bounds()
    {
        RaftCore core = new(Config(One, [new(One)]), new RaftRecovery(), new Instant(0));

        Assert.Equal(RaftRole.Follower, core.Status.Role);
    }

    [Fact]
    public void A_recovered_log_whose_terms_fall_is_refused() =>
        Refused("has term 1", new RaftRecovery
        {
            HardState = Hard(2),
            Entries = [SingleCore.Header(2), SingleCore.Header(1)],
        });

    [Fact]
    public void A_recovered_entry_newer_than_the_persisted_term_is_refused() =>
        Refused("the persisted term is 1", new RaftRecovery { HardState = Hard(1), Entries = [SingleCore.Header(2)] });

    [Fact]
    public void A_commit_index_beyond_the_recovered_log_is_refused() =>
        Refused("but 2 was committed", new RaftRecovery
        {
            HardState = Hard(1),
            Entries = [SingleCore.Header(1)],
            CommitIndex = new LogIndex(2),
        });

    [Fact]
    public void A_base_newer_than_the_persisted_term_is_refused() =>
        Refused("persisted term is 1", new RaftRecovery { HardState = Hard(1), Base = SingleCore.Id(2, 5) });

    [Fact]
    public void A_core_recovers_what_it_is_given()
    {
        RaftCore core = new(Config(One, [new(One), new(new NodeId(2))]), new RaftRecovery
        {
            HardState = new HardState(new Term(3), new NodeId(2)),
            Base = SingleCore.Id(1, 5),
            Entries = [SingleCore.Header(1), SingleCore.Header(3)],
            CommitIndex = new LogIndex(6),
        }, new Instant(0));

        RaftStatus status = core.Status;
        Assert.Equal((new Term(3), new NodeId(2)), (status.CurrentTerm, status.VotedFor));
        Assert.Equal(SingleCore.Id(3, 7), status.LastLogId);
        Assert.Equal((new LogIndex(6), new LogIndex(7)), (status.CommitIndex, status.DurableIndex));
        Assert.Equal((new LogIndex(5), new LogIndex(5)), (status.CompactedIndex, status.CompactionFloor));
    }

    private static void Refused(string words, RaftRecovery recovery)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new RaftCore(Config(One, [new(One)]), recovery, new Instant(0)));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static HardState Hard(long term) => new(new Term(term), NodeId.None);

    private static RaftConfig Config(NodeId self, RaftVoter[] voters) =>
        new() { NodeId = self, Voters = voters, Seed = 1 };

    private static RaftConfig Timing(int heartbeat, int min, int max) => new()
    {
        NodeId = One,
        Voters = [new(One)],
        Seed = 1,
        HeartbeatInterval = TimeSpan.FromMilliseconds(heartbeat),
        ElectionTimeoutMin = TimeSpan.FromMilliseconds(min),
        ElectionTimeoutMax = TimeSpan.FromMilliseconds(max),
    };

    private static RaftConfig Limits(
        int entries = 1, int bytes = 1, int windowEntries = 1, int windowMessages = 1, long windowBytes = 1) => new()
        {
            NodeId = One,
            Voters = [new(One)],
            Seed = 1,
            AppendEntriesMax = entries,
            AppendBytesMax = bytes,
            InflightEntriesMax = windowEntries,
            InflightMessagesMax = windowMessages,
            InflightBytesMax = windowBytes,
        };
}
