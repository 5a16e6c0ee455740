namespace KvNode;

/// <summary>How the threads of the process are used; applied before the first socket.</summary>
internal static class ThreadSettings
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>What a socket received is handled by the thread that waits for sockets, unless the environment says
    /// otherwise: a hop less for each message. Nothing of a node blocks there.</summary>
    public static void Apply()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }
}
