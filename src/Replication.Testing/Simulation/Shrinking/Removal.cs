namespace Replication.Testing.Simulation.Shrinking;

/// <summary>Leaves out parts of a list, first large pieces and then ever smaller ones down to single items: delta
/// debugging (Zeller and Hildebrandt 2002).</summary>
internal static class Removal
{
    private const int PartsMax = 4;
    private const int OtherSeedsOfParts = 2;

    /// <summary>Keeps one part of a long list alone as long as that can be. What is left out changes what is drawn for
    /// the rest, so that each part has several seeds: that is many tries for a few parts, and few for what they
    /// save.</summary>
    /// <inheritdoc cref="Run"/>
    public static void KeepParts<T>(
        ShrinkSearch search, int wanted, Func<SimulationCase, IReadOnlyList<T>> list,
        Func<SimulationCase, IReadOnlyList<T>, SimulationCase> with)
    {
        int seeds = search.OtherSeeds;
        search.OtherSeeds = Math.Max(seeds, OtherSeedsOfParts);
        while (list(search.Best).Count > wanted && TryPart(search, list, with))
        {
        }

        search.OtherSeeds = seeds;
    }

    /// <summary>Removes what can be removed.</summary>
    /// <param name="search">The search.</param>
    /// <param name="list">Gets the list of a case.</param>
    /// <param name="with">Makes a case with another list.</param>
    public static void Run<T>(
        ShrinkSearch search, Func<SimulationCase, IReadOnlyList<T>> list,
        Func<SimulationCase, IReadOnlyList<T>, SimulationCase> with)
    {
        for (int size = list(search.Best).Count; size >= 1 && !search.IsOver; size /= 2)
        {
            // From the end: what comes late is needed least, and leaving it out changes nothing before it.
            int end = list(search.Best).Count;
            while (end > 0 && !search.IsOver)
            {
                IReadOnlyList<T> items = list(search.Best);
                end = Math.Min(end, items.Count);
                int start = Math.Max(0, end - size);
                search.Try(with(search.Best, [.. items.Take(start), .. items.Skip(end)]));
                end = start;
            }
        }
    }

    /// <summary>Removes pairs that can only go together, if there are few items.</summary>
    /// <inheritdoc cref="Run"/>
    public static void RunPairs<T>(
        ShrinkSearch search, Func<SimulationCase, IReadOnlyList<T>> list,
        Func<SimulationCase, IReadOnlyList<T>, SimulationCase> with)
    {
        const int ItemsMax = 12;
        for (int i = 0; i < list(search.Best).Count && list(search.Best).Count <= ItemsMax; i++)
        {
            for (int j = i + 1; j < list(search.Best).Count && !search.IsOver; j++)
            {
                IReadOnlyList<T> items = list(search.Best);
                search.Try(with(search.Best, [.. items.Where((_, place) => place != i && place != j)]));
            }
        }
    }

    // A part alone, then all but it. From the end, as above.
    private static bool TryPart<T>(
        ShrinkSearch search, Func<SimulationCase, IReadOnlyList<T>> list,
        Func<SimulationCase, IReadOnlyList<T>, SimulationCase> with)
    {
        IReadOnlyList<T> items = list(search.Best);
        for (int parts = 2; parts <= PartsMax; parts *= 2)
        {
            for (int part = parts - 1; part >= 0; part--)
            {
                int start = items.Count * part / parts;
                int end = items.Count * (part + 1) / parts;
                if (search.Try(with(search.Best, [.. items.Skip(start).Take(end - start)]))
                    || (parts > 2 && search.Try(with(search.Best, [.. items.Take(start), .. items.Skip(end)]))))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
