namespace KvNode;

/// <summary>Ends the process with one line on standard error and a code.</summary>
internal sealed class NodeException(ExitCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public ExitCode Code { get; } = code;
}
