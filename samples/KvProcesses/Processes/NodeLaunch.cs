namespace KvProcesses.Processes;

/// <summary>What a node process is started with.</summary>
public sealed record NodeLaunch
{
    /// <summary>Gets the node.</summary>
    public required int NodeId { get; init; }

    /// <summary>Gets the cluster.</summary>
    public required Guid ClusterId { get; init; }

    /// <summary>Gets its data directory.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Gets the file that receives everything it prints.</summary>
    public required string LogFile { get; init; }

    /// <summary>Gets where it listens; null for the address in its member list.</summary>
    public Uri? Listen { get; init; }

    /// <summary>Gets more options, each an option and its value.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Gets a program and its options to run the node under, for example <c>strace -f</c>.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>Gets the assembly of the program.</summary>
    /// <value>The default value is the one beside the running program.</value>
    public string Assembly { get; init; } = KvNodeProgram.Assembly;

    /// <summary>Gets how long the node may take until it is ready.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    internal IEnumerable<string> RunArguments()
    {
        List<string> arguments =
        [
            "run", "--node-id", $"{NodeId}", "--cluster-id", $"{ClusterId}", "--data-directory", DataDirectory,
            "--exit-with-input", "true",
        ];
        if (Listen is not null)
        {
            arguments.AddRange(["--listen", Listen.Authority]);
        }

        arguments.AddRange(Options);
        return arguments;
    }
}
