namespace KvProcesses.Processes;

/// <summary>What a cluster of node processes is made of.</summary>
public sealed record NodeClusterOptions
{
    /// <summary>Gets the directory for data and logs; created if needed.</summary>
    public required string Directory { get; init; }

    /// <summary>Gets the number of nodes.</summary>
    /// <value>The default value is 3.</value>
    public int Nodes { get; init; } = 3;

    /// <summary>Gets more options for every node, each an option and its value.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Gets more options for one node.</summary>
    public Func<int, IReadOnlyList<string>> OptionsOf { get; init; } = static _ => [];

    /// <summary>Gets the assembly of the program.</summary>
    /// <value>The default value is the one beside the running program.</value>
    public string Assembly { get; init; } = KvNodeProgram.Assembly;

    /// <summary>Gets <c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; init; } = "http";
}
