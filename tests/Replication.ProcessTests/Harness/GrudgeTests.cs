using Harness.Nemeses;
using KvProcesses.Workloads;

namespace Replication.ProcessTests.Harness;

public sealed class GrudgeTests
{
    private const int Leader = 2;

    public static TheoryData<string, int> KindsAndSizes()
    {
        TheoryData<string, int> all = [];
        foreach (string kind in Grudge.Kinds)
        {
            foreach (int size in (int[])[3, 5, 7])
            {
                all.Add(kind, size);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(KindsAndSizes))]
    public void Every_kind_cuts_ways_between_different_nodes_once(string kind, int size)
    {
        foreach (ulong seed in Enumerable.Range(1, 20).Select(i => (ulong)i))
        {
            Grudge grudge = Draw(kind, size, seed);
            Assert.Equal(grudge.Cuts.Count, grudge.Cuts.Distinct().Count());
            Assert.All(grudge.Cuts, cut =>
            {
                Assert.NotEqual(cut.From, cut.To);
                Assert.InRange(cut.From, 1, size);
                Assert.InRange(cut.To, 1, size);
            });
            Assert.True(grudge.Cuts.Count > 0 || (kind is "majority-ring" && size == 3), grudge.Kind);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Among_few_nodes_only_kinds_are_drawn_that_cut_something(int size)
    {
        int[] nodes = [.. Enumerable.Range(1, size)];
        SplitMix64 random = new(1);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.NotEmpty(Grudge.Draw(nodes, Leader, random).Cuts));
    }

    [Fact]
    public void In_a_majority_ring_each_node_meets_a_majority_and_no_two_the_same()
    {
        Grudge ring = Draw("majority-ring", 5, seed: 3);
        string[] met =
        [
            .. Enumerable.Range(1, 5).Select(node => string.Join(
                ' ', Enumerable.Range(1, 5).Where(other => !ring.Cuts.Contains((node, other))))),
        ];
        Assert.All(met, others => Assert.Equal(3, others.Split(' ').Length));
        Assert.Equal(5, met.Distinct().Count());
    }

    [Fact]
    public void Over_a_bridge_one_node_meets_both_sides()
    {
        Grudge bridge = Draw("bridge", 5, seed: 4);
        Assert.Equal(8, bridge.Cuts.Count);
        Assert.Single(Enumerable.Range(1, 5), node => !bridge.Cuts.Any(cut => cut.From == node || cut.To == node));
    }

    [Fact]
    public void A_deaf_leader_sends_and_a_mute_one_receives()
    {
        Assert.All(Draw("deaf-leader", 5, seed: 5).Cuts, cut => Assert.Equal(Leader, cut.To));
        Assert.All(Draw("mute-leader", 5, seed: 5).Cuts, cut => Assert.Equal(Leader, cut.From));
    }

    [Fact]
    public void Equal_seeds_draw_equal_partitions() =>
        Assert.Equal(Draw("halves", 5, seed: 6).Cuts, Draw("halves", 5, seed: 6).Cuts);

    private static Grudge Draw(string kind, int size, ulong seed) =>
        Grudge.Draw(kind, [.. Enumerable.Range(1, size)], Leader, new SplitMix64(seed));
}
