using Harness.Histories;
using Harness.Nemeses;
using KvProcesses.Processes;
using KvProcesses.Workloads;

namespace Replication.ProcessTests.Harness;

public sealed class NemesisTests
{
    // Those of disks and clocks need real processes.
    public static TheoryData<string> Names()
    {
        TheoryData<string> names = [];
        foreach (string name in NemesisTable.Names.Where(
            name => !name.Contains("disk", StringComparison.Ordinal) && !NemesisTable.NeedsDisks(name)
                && !NemesisTable.SetsClocks(name)))
        {
            names.Add(name);
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_nemesis_heals_what_it_broke_and_saw_its_effect(string name)
    {
        await using FakeCluster cluster = new();
        INemesis nemesis = NemesisTable.Make(name, cluster);
        foreach (ulong seed in Enumerable.Range(1, 20).Select(i => (ulong)i))
        {
            string what = await nemesis.BeginAsync(new SplitMix64(seed));
            Assert.NotEmpty(what);
            Assert.True(await nemesis.EndAsync(), what);
            Assert.Empty(cluster.Broken);
        }
    }

    [Fact]
    public async Task A_node_that_does_not_start_again_ends_the_faults_and_is_told()
    {
        using TemporaryDirectory directory = new("replication-loop");
        using Recorder recorder = new(Path.Combine(directory.Path, "history.jsonl"));
        CancellationToken interrupted = new(canceled: true);
        NemesisLoop sound = new([new Refused()], recorder, new SplitMix64(1));
        await sound.RunAsync(interrupted, interrupted);
        Assert.Null(sound.Refusal);

        NemesisLoop loop = new([new Refused()], recorder, new SplitMix64(1));
        await loop.RunAsync(CancellationToken.None, CancellationToken.None);
        Assert.Equal("Node 1 is damaged.", loop.Refusal);
    }

    [Fact]
    public async Task Each_nemesis_strikes_once_at_least_also_when_the_time_is_over()
    {
        using TemporaryDirectory directory = new("replication-loop");
        using Recorder recorder = new(Path.Combine(directory.Path, "history.jsonl"));
        await using FakeCluster cluster = new();
        INemesis[] nemeses = [NemesisTable.Make("pause", cluster), NemesisTable.Make("kill", cluster)];
        NemesisLoop loop = new(nemeses, recorder, new SplitMix64(1));
        await loop.RunAsync(new CancellationToken(canceled: true), CancellationToken.None);
        Assert.Equal(["kill", "pause"], loop.Faults.Select(fault => fault.Nemesis).Order());
        Assert.Empty(cluster.Broken);
    }

    [Fact]
    public async Task A_node_that_lags_has_not_caught_up()
    {
        await using FakeCluster cluster = new();
        Assert.True(await ClusterView.CatchesUpAsync(cluster, TimeSpan.FromSeconds(30)));
        cluster.Lagging = 3;
        Assert.False(await ClusterView.CatchesUpAsync(cluster, TimeSpan.FromMilliseconds(100)));
    }

    [Theory]
    [InlineData("partition")]
    [InlineData("flap")]
    [InlineData("slow")]
    [InlineData("lossy")]
    [InlineData("reset")]
    [InlineData("pause")]
    [InlineData("unplug")]
    public async Task A_fault_that_nobody_met_had_no_effect(string name)
    {
        await using FakeCluster cluster = new() { IsUnmoved = true };
        INemesis nemesis = NemesisTable.Make(name, cluster);
        await nemesis.BeginAsync(new SplitMix64(1));
        Assert.False(await nemesis.EndAsync());
    }

    [Fact]
    public async Task A_damaged_log_must_be_refused_as_such()
    {
        await using FakeCluster cluster = new() { DamageCode = 134 };
        INemesis nemesis = NemesisTable.Make("corrupt", cluster);
        await nemesis.BeginAsync(new SplitMix64(1));
        Assert.False(await nemesis.EndAsync());
        Assert.Contains("With a damaged log", nemesis.Objection, StringComparison.Ordinal);
        Assert.Empty(cluster.Broken);
    }

    [Fact]
    public async Task A_fault_that_can_not_be_made_is_healed_and_told_and_ends_the_others()
    {
        using TemporaryDirectory directory = new("replication-loop");
        using Recorder recorder = new(Path.Combine(directory.Path, "history.jsonl"));
        Broken broken = new();
        NemesisLoop loop = new([broken], recorder, new SplitMix64(1));
        await loop.RunAsync(CancellationToken.None, CancellationToken.None);
        Assert.Contains("No such cable", loop.Failure, StringComparison.Ordinal);
        Assert.True(broken.IsHealed);
        Assert.Null(loop.Refusal);
    }

    [Theory]
    [InlineData("partition")]
    [InlineData("slow")]
    [InlineData("kill")]
    [InlineData("pause")]
    [InlineData("corrupt")]
    [InlineData("unplug")]
    [InlineData("lossy")]
    public async Task A_nemesis_breaks_something(string name)
    {
        await using FakeCluster cluster = new();
        INemesis nemesis = NemesisTable.Make(name, cluster);
        await nemesis.BeginAsync(new SplitMix64(1));
        Assert.NotEmpty(cluster.Broken);
        await nemesis.EndAsync();
    }

    private sealed class Broken : INemesis
    {
        public string Name => "broken";

        public bool IsHealed { get; private set; }

        public Task<string> BeginAsync(SplitMix64 random) => throw new IOException("No such cable.");

        public Task<bool> EndAsync()
        {
            IsHealed = true;
            throw new InvalidOperationException("Neither can it be healed.");
        }
    }

    private sealed class Refused : INemesis
    {
        public string Name => "refused";

        public Task<string> BeginAsync(SplitMix64 random) => throw new NodeStartException("Node 1 is damaged.", 6, []);

        public Task<bool> EndAsync() => Task.FromResult(false);
    }
}
