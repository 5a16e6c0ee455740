namespace Replication.Simulation.Tests;

/// <summary>Seeds with many faults and few operations; a class of their own, so that they run beside those of the
/// swarm.</summary>
public sealed class SparseSeedTests
{
    private const int Portions = 10;
    private const int SeedsOfPortion = 16;

    public static TheoryData<int> AllPortions => [.. Enumerable.Range(0, Portions)];

    [Theory]
    [MemberData(nameof(AllPortions))]
    public void Clusters_under_many_faults_keep_every_rule(int portion)
    {
        for (int i = 0; i < SeedsOfPortion; i++)
        {
            SeedCheck.Passes(Profile.Sparse, (ulong)((portion * SeedsOfPortion) + i + 1));
        }
    }
}
