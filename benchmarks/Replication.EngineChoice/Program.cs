using System.Diagnostics;
using System.Globalization;
using Replication.EngineChoice;

// Without arguments: every combination, each in a process of its own. Otherwise: engine, value bytes, keys.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length == 3)
{
    new Measurement(args[0], int.Parse(args[1], CultureInfo.InvariantCulture),
        int.Parse(args[2], CultureInfo.InvariantCulture)).Run();
    return;
}

Console.WriteLine(Measurement.Header);
foreach (int keys in new[] { 100_000, 1_000_000 })
{
    foreach (int bytes in new[] { 100, 256, 1000 })
    {
        foreach (string engine in new[] { "cow", "faster" })
        {
            using Process child = Process.Start(Environment.ProcessPath!, [engine, $"{bytes}", $"{keys}"]);
            if (!child.WaitForExit(TimeSpan.FromSeconds(300)))
            {
                child.Kill();
                Console.WriteLine($"| {engine} | {bytes} | {keys} | did not end within 300 s |");
            }
        }
    }
}
