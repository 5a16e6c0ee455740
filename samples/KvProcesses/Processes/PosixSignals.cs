using System.Runtime.InteropServices;

namespace KvProcesses.Processes;

/// <summary>Signals that the framework can't send: kill(2).</summary>
internal static partial class PosixSignals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Sends a signal to exactly one process; a process that has ended is no error.</summary>
    public static void Send(int processId, int signal)
    {
        // 0 and negative numbers name whole process groups, the caller's own among them.
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 2);
        const int noSuchProcess = 3;
        if (SendSignal(processId, signal) != 0 && Marshal.GetLastPInvokeError() != noSuchProcess)
        {
            throw new InvalidOperationException(
                $"kill({processId}, {signal}) failed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
