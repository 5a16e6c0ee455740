namespace KvNode;

/// <summary>How the threads of the process are used; applied before the first socket and the first task.</summary>
internal static class ThreadSettings
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Fewer threads wake for each message: measured, half of the switches per put of one client.</summary>
    public static void Apply()
    {
        // What a socket received is handled by the thread that waits for sockets. Nothing of a node blocks there.
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }

        // Half of the processors for pool threads, the others are busy with sockets, executors and the log. The pool
        // keeps the goal that it has until work starves (hill climbing is off, see the project file): a maximum lowers
        // it, and is lifted again.
        int threads = Math.Max(1, Environment.ProcessorCount / 2);
        ThreadPool.GetMaxThreads(out int workersMax, out int portsMax);
        ThreadPool.GetMinThreads(out _, out int portsMin);
        ThreadPool.SetMinThreads(threads, portsMin);
        ThreadPool.SetMaxThreads(threads, portsMax);
        ThreadPool.SetMaxThreads(workersMax, portsMax);
    }
}
