using System.Text;

namespace KvNode.Settings;

/// <summary>One setting: its name in files and environment, its command-line option, and how a text becomes a
/// value.</summary>
/// <param name="Name">The name below the section <c>Replication</c>.</param>
/// <param name="Form">What a value looks like.</param>
/// <param name="Description">One line for <c>--help</c>.</param>
/// <param name="Apply">Sets the value; throws FormatException with the reason if the text is none.</param>
internal sealed record Setting(string Name, string Form, string Description, Action<NodeSettings, string> Apply)
{
    /// <summary>Gets whether the setting may be given once per node, as <c>ID=VALUE</c>; the text then starts with
    /// that.</summary>
    public bool IsPerNode { get; init; }

    /// <summary>Gets the option on the command line, for example <c>--heartbeat-interval</c>.</summary>
    public string Option { get; } = ToOption(Name);

    private static string ToOption(string name)
    {
        StringBuilder option = new("-");
        foreach (char c in name)
        {
            if (char.IsUpper(c))
            {
                option.Append('-');
            }

            option.Append(char.ToLowerInvariant(c));
        }

        return option.ToString();
    }
}
