using Harness.Nemeses;
using KvProcesses.Workloads;

namespace Replication.ProcessTests.Harness;

public sealed class NemesisTests
{
    // Those of disks need real processes.
    public static TheoryData<string> Names()
    {
        TheoryData<string> names = [];
        foreach (string name in NemesisTable.Names.Where(name => !name.Contains("disk", StringComparison.Ordinal)))
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

    [Theory]
    [InlineData("partition")]
    [InlineData("slow")]
    [InlineData("kill")]
    [InlineData("pause")]
    [InlineData("corrupt")]
    public async Task A_nemesis_breaks_something(string name)
    {
        await using FakeCluster cluster = new();
        INemesis nemesis = NemesisTable.Make(name, cluster);
        await nemesis.BeginAsync(new SplitMix64(1));
        Assert.NotEmpty(cluster.Broken);
        await nemesis.EndAsync();
    }
}
