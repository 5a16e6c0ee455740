namespace Replication.Raft.Quorums;

/// <summary>More than half of the voters: any two such sets share a node (paper §5.2).</summary>
internal static class Majority
{
    /// <summary>Gets how many voters make a majority.</summary>
    /// <param name="voters">The number of voters, at least 1.</param>
    public static int Of(int voters) => (voters / 2) + 1;

    /// <summary>Gets the highest value that a majority has reached.</summary>
    /// <param name="values">One value for each voter; sorted by this call.</param>
    public static long Reached(Span<long> values)
    {
        // A group has a handful of voters: insertion sort beats everything else.
        for (int sorted = 1; sorted < values.Length; sorted++)
        {
            long value = values[sorted];
            int at = sorted;
            while (at > 0 && values[at - 1] > value)
            {
                values[at] = values[at - 1];
                at--;
            }

            values[at] = value;
        }

        return values[values.Length - Of(values.Length)];
    }
}
