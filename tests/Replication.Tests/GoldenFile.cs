using System.Runtime.CompilerServices;

namespace Replication.Tests;

/// <summary>Lines that were committed. <c>REWRITE=1 dotnet test</c> writes the new ones into the source tree.</summary>
internal static class GoldenFile
{
    /// <param name="folder">The folder of the test project that holds it.</param>
    /// <param name="name">Its name; ends in .golden.txt.</param>
    /// <param name="actual">What the code gives now.</param>
    /// <param name="caller">Filled in by the compiler.</param>
    public static void AssertEqual(
        string folder, string name, IEnumerable<string> actual, [CallerFilePath] string caller = "")
    {
        string[] lines = actual.ToArray();
        if (Environment.GetEnvironmentVariable("REWRITE") == "1")
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(caller)!, name), string.Join('\n', lines) + "\n");
            return;
        }

        string[] committed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, folder, name));
        Assert.Equal(committed, lines);
    }
}
