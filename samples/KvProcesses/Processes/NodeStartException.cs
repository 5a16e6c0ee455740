namespace KvProcesses.Processes;

/// <summary>A node ended, or said nothing, before it was ready.</summary>
/// <param name="message">Which node, its exit code and its last words.</param>
/// <param name="exitCode">Its exit code; null if it still runs.</param>
/// <param name="lastWords">The last lines it printed.</param>
public sealed class NodeStartException(string message, int? exitCode, IReadOnlyList<string> lastWords)
    : Exception(message)
{
    /// <summary>Gets the exit code; null if the node still runs.</summary>
    public int? ExitCode { get; } = exitCode;

    /// <summary>Gets the last lines that the node printed.</summary>
    public IReadOnlyList<string> LastWords { get; } = lastWords;
}
