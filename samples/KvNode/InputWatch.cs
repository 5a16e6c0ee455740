using System.Diagnostics;

namespace KvNode;

/// <summary>Ends the process when its standard input closes, which happens when whoever started it is gone.</summary>
internal static class InputWatch
{
    public static void Start()
    {
        Thread thread = new(Watch) { IsBackground = true, Name = "input watch" };
        thread.Start();
    }

    private static void Watch()
    {
        using Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[256];
        while (input.Read(buffer) > 0)
        {
        }

        // Nothing is flushed, nobody waits: everything acknowledged is on disk anyway.
        using Process self = Process.GetCurrentProcess();
        self.Kill();
    }
}
