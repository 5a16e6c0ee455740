namespace Replication.Testing.Checkers.Transactions;

/// <summary>Which edges a cycle of a named anomaly takes.</summary>
internal sealed record CyclePattern
{
    /// <summary>How anti-dependencies may be taken that are not among <see cref="Edges"/>.</summary>
    internal enum ReadWriteRule : byte
    {
        /// <summary>Not at all.</summary>
        None,

        /// <summary>Once.</summary>
        Once,

        /// <summary>Never twice in a row.</summary>
        Apart,
    }

    private static readonly CyclePattern[] Basic =
    [
        new() { Name = "G0", Edges = Dependency.WriteWrite },
        new()
        {
            Name = "G1c",
            Edges = Dependency.WriteWrite | Dependency.WriteRead,
            Required = Dependency.WriteRead,
        },
        new()
        {
            Name = "G-single-item",
            Edges = Dependency.WriteWrite | Dependency.WriteRead,
            ReadWrites = 1,
            Rule = ReadWriteRule.Once,
            IsExact = true,
        },
        new()
        {
            Name = "G-nonadjacent-item",
            Edges = Dependency.WriteWrite | Dependency.WriteRead,
            ReadWrites = 2,
            Rule = ReadWriteRule.Apart,
            IsExact = true,
        },
        new()
        {
            Name = "G2-item",
            Edges = Dependency.WriteWrite | Dependency.WriteRead | Dependency.ReadWrite,
            ReadWrites = 2,
            IsExact = true,
        },
    ];

    /// <summary>Gets the patterns, worst first.</summary>
    public static IReadOnlyList<CyclePattern> All { get; } =
    [
        .. Basic
            .Concat(Basic.Select(p => p.With("-process", Dependency.Process)))
            .Concat(Basic.Select(p => p.With("-realtime", Dependency.Realtime)))
            .OrderBy(p => p.Name, Comparer<string>.Create(ModelLattice.CompareSeverity)),
    ];

    public required string Name { get; init; }

    /// <summary>Gets the edges that may be taken at any place.</summary>
    public required Dependency Edges { get; init; }

    /// <summary>Gets the kinds of edges of which each must be taken at least once.</summary>
    public Dependency Required { get; init; }

    /// <summary>Gets how many anti-dependencies there are at least.</summary>
    public byte ReadWrites { get; init; }

    public ReadWriteRule Rule { get; init; }

    /// <summary>Gets a value that indicates whether a cycle counts only if it gets this very name.</summary>
    public bool IsExact { get; init; }

    /// <summary>Gets all kinds of edges that a cycle may hold.</summary>
    public Dependency Reachable => Edges | Required | (ReadWrites > 0 ? Dependency.ReadWrite : Dependency.None);

    /// <summary>The name of a cycle by its edges.</summary>
    public static string Classify(ReadOnlySpan<Dependency> cycle)
    {
        Dependency all = Dependency.None;
        int readWrites = 0;
        bool isAdjacent = false;
        Dependency previous = cycle[^1];
        foreach (Dependency edge in cycle)
        {
            all |= edge;
            if (edge == Dependency.ReadWrite)
            {
                readWrites++;
                isAdjacent |= previous == Dependency.ReadWrite;
            }

            previous = edge;
        }

        string name = readWrites switch
        {
            1 => "G-single-item",
            > 1 when isAdjacent => "G2-item",
            > 1 => "G-nonadjacent-item",
            _ => all.HasFlag(Dependency.WriteRead) ? "G1c" : "G0",
        };
        return name + (all.HasFlag(Dependency.Realtime) ? "-realtime"
            : all.HasFlag(Dependency.Process) ? "-process"
            : "");
    }

    private CyclePattern With(string suffix, Dependency order) =>
        this with { Name = Name + suffix, Edges = Edges | order, Required = Required | order };
}
