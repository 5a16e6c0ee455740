using Replication.Testing.Simulation;

namespace Replication.Simulation.Tests;

/// <summary>Runs of whole clusters by seed. A failure names the command that replays it.</summary>
public sealed class SeedTests
{
    private const int Portions = 5;
    private const int SeedsOfPortion = 4;

    public static TheoryData<int> AllPortions => [.. Enumerable.Range(0, Portions)];

    public static TheoryData<string, ulong> SeedsThatFailedOnce
    {
        get
        {
            TheoryData<string, ulong> data = [];
            foreach ((Profile profile, ulong seed) in FailedSeeds.Read(
                Path.Combine(AppContext.BaseDirectory, "seeds.txt")))
            {
                data.Add(profile.Name, seed);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(AllPortions))]
    public void Clusters_under_faults_keep_every_rule(int portion)
    {
        for (int i = 0; i < SeedsOfPortion; i++)
        {
            SeedCheck.Passes(Profile.Swarm, (ulong)((portion * SeedsOfPortion) + i + 1));
        }
    }

    [Theory]
    [MemberData(nameof(SeedsThatFailedOnce))]
    public void Seeds_that_failed_once_pass(string profile, ulong seed) =>
        SeedCheck.Passes(Profile.Named(profile), seed);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_seed_of_the_standard_profile_is_a_minute_of_work_and_trouble(ulong seed)
    {
        CampaignTotals totals = new();
        totals.Add(Profile.Standard.Run(seed));

        Assert.Empty(totals.Failures);
        Assert.Empty(totals.Unknown);
        Assert.Equal(1, totals.FullRuns);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(20)]
    public void A_seed_runs_the_same_way_each_time(ulong seed)
    {
        SimulationResult first = Profile.Swarm.Run(seed);
        List<string> lines = [];
        SimulationResult second = Profile.Swarm.Run(seed, lines.Add);

        Assert.Equal(first.Hash, second.Hash);
        Assert.Equal(first.Events, second.Events);
        Assert.NotEmpty(lines);
        Assert.NotEqual(first.Hash, Profile.Swarm.Run(seed + 100).Hash);
    }

    [Fact]
    public void Runs_of_two_builds_are_compared_seed_by_seed()
    {
        string path = Path.GetTempFileName();
        try
        {
            DoubleRuns here = new(Profile.Swarm, TextWriter.Null);
            Assert.Equal(0, here.Run(from: 4, count: 2, workers: 2));
            here.Write(path);

            Assert.Equal(0, here.Compare(path));
            string[] lines = File.ReadAllLines(path);
            File.WriteAllLines(path, [lines[0], lines[1].Replace(" ", " 1", StringComparison.Ordinal)]);
            Assert.Equal(1, here.Compare(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
