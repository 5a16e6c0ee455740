using System.Globalization;
using Harness.Nemeses;
using Replication.Testing.Checkers;

namespace Harness.Guards;

/// <summary>Asks whether the faults that a run was asked for struck: of each nemesis one at least, and all that there
/// were.</summary>
internal static class EffectGuard
{
    /// <summary>Checks.</summary>
    /// <param name="nemeses">The nemeses that were asked for.</param>
    /// <param name="faults">What they did.</param>
    /// <returns>Valid or unknown.</returns>
    public static Verdict Check(IReadOnlyList<string> nemeses, IReadOnlyList<FaultRecord> faults)
    {
        List<string> words = [];
        bool isEnough = true;
        foreach (string name in nemeses)
        {
            int all = faults.Count(fault => fault.Nemesis == name);
            int seen = faults.Count(fault => fault.Nemesis == name && fault.HadEffect);
            isEnough &= seen > 0 && seen == all;
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {seen} of {all}"));
        }

        string text = nemeses.Count == 0 ? "No faults were asked for."
            : $"Faults that were seen to strike: {string.Join(", ", words)}.";
        return isEnough ? Verdict.Valid(text) : Verdict.Unknown(text);
    }
}
