using System.Globalization;
using System.Reflection;

namespace Replication.Testing.Simulation;

/// <summary>The settings of a run by name, as plan files hold them.</summary>
internal static class SimulationSettings
{
    private static readonly PropertyInfo[] All =
    [
        .. typeof(SimulationConfig).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .OrderBy(property => property.Name, StringComparer.Ordinal),
    ];

    /// <summary>Gets the names of all settings, in ordinal order.</summary>
    public static IEnumerable<string> Names => All.Select(property => property.Name);

    /// <summary>Gets the value of a setting as text.</summary>
    public static string Text(SimulationConfig config, string name) =>
        Convert.ToString(Find(name).GetValue(config), CultureInfo.InvariantCulture)!;

    /// <summary>Gets settings with one of them set to what its text says.</summary>
    /// <exception cref="FormatException">There is no such setting, or it has no such value.</exception>
    public static SimulationConfig With(SimulationConfig config, string name, string text)
    {
        PropertyInfo property = Find(name);
        object value;
        try
        {
            value = property.PropertyType.IsEnum
                ? Enum.Parse(property.PropertyType, text)
                : Convert.ChangeType(text, property.PropertyType, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw new FormatException($"'{text}' is no value of {name}: {error.Message}", error);
        }

        SimulationConfig changed = config with { };
        property.SetValue(changed, value);
        return changed;
    }

    private static PropertyInfo Find(string name) =>
        Array.Find(All, property => property.Name == name)
            ?? throw new FormatException($"There is no setting '{name}'; there are: {string.Join(", ", Names)}.");
}
