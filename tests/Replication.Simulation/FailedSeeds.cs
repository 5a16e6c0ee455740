using System.Globalization;

namespace Replication.Simulation;

/// <summary>The file of seeds that failed once: "profile seed", and what it was behind a #.</summary>
internal static class FailedSeeds
{
    /// <summary>Reads the file.</summary>
    public static IEnumerable<(Profile Profile, ulong Seed)> Read(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            string[] words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2
                && ulong.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
            {
                yield return (Profile.Named(words[0]), seed);
            }
            else if (words.Length != 0)
            {
                throw new FormatException($"'{line}' is not 'profile seed'.");
            }
        }
    }
}
