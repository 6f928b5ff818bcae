package olympus.systemtests.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rules of direction between modules, for the packages below one root: {@code olympus} for the
 * product, another one for classes made to break them.
 *
 * <pre>
 * foundation ← hermes          hermes + model ← each god      model ← link ← agent
 * model ← engine ← agent, cli
 * foundation ← model           model ← cli                    everything ← server
 * </pre>
 */
final class ArchitectureRules {

    private static final List<String> GODS =
            List.of("zeus", "argos", "chronos", "hephaestus", "apollo", "athena");

    private static final String[] ENGINE = {"io.netty..", "org.apache.ratis..", "io.grpc.."};

    private final String root;

    ArchitectureRules(String root) {
        this.root = root;
    }

    /** Each module that is not the composition root, with the modules that it may see. */
    private static Map<String, List<String>> allowed() {
        var allowed = new TreeMap<String, List<String>>();
        allowed.put("foundation", List.of());
        allowed.put("hermes", List.of("foundation"));
        allowed.put("model", List.of("foundation"));
        allowed.put("link", List.of("foundation", "model"));
        allowed.put("engine", List.of("foundation", "model"));
        allowed.put("agent", List.of("foundation", "model", "link", "engine"));
        allowed.put("cli", List.of("foundation", "model", "engine"));
        GODS.forEach(god -> allowed.put(god, List.of("foundation", "hermes", "model")));
        return allowed;
    }

    /** One rule per module, by its name; a god never sees another god. */
    Map<String, ArchRule> directions() {
        var rules = new TreeMap<String, ArchRule>();
        allowed().forEach((module, seen) -> rules.put(module, direction(module, seen)));
        return rules;
    }

    private ArchRule direction(String module, List<String> seen) {
        var open = new ArrayList<String>();
        open.add(root + "." + module + "..");
        seen.forEach(name -> open.add(root + "." + name + ".."));
        return noClasses()
                .that()
                .resideInAPackage(root + "." + module + "..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage(root + "..")
                                .and(
                                        DescribedPredicate.not(
                                                JavaClass.Predicates.resideInAnyPackage(
                                                        open.toArray(String[]::new)))))
                .because(
                        module
                                + " may see "
                                + (seen.isEmpty() ? "no other module" : String.join(", ", seen)))
                .allowEmptyShould(true);
    }

    ArchRule foundationNeedsOnlyTheJdk() {
        return classes()
                .that()
                .resideInAPackage(root + ".foundation..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(root + "..", "java..", "javax..", "org.jspecify..")
                .allowEmptyShould(true);
    }

    ArchRule onlyServerSeesSpring() {
        return noClasses()
                .that(resideInAPackage(root + "..").and(resideOutsideOfPackage(root + ".server..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "org.springdoc..")
                .allowEmptyShould(true);
    }

    /**
     * {@code <root>.<module>.internal} is closed to every other module but the benchmarks, which
     * measure parts alone and on which nothing depends.
     */
    ArchRule internalPackagesAreClosed() {
        return classes()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackage(root + ".benchmarks..")
                .should(stayOutOfInternals())
                .allowEmptyShould(true);
    }

    private ArchCondition<JavaClass> stayOutOfInternals() {
        return new ArchCondition<>("stay out of other modules' internal packages") {
            @Override
            public void check(JavaClass origin, ConditionEvents events) {
                for (var dependency : origin.getDirectDependenciesFromSelf()) {
                    var target = dependency.getTargetClass().getPackageName();
                    var module = module(target);
                    var closed = (target + ".").startsWith(root + "." + module + ".internal.");
                    if (closed && !module.equals(module(origin.getPackageName()))) {
                        events.add(
                                SimpleConditionEvent.violated(origin, dependency.getDescription()));
                    }
                }
            }
        };
    }

    /**
     * The store's public package, the log's seam and the replicated state know neither network nor
     * engine.
     */
    ArchRule engineAndNetworkStayBehindTheirSeams() {
        return noClasses()
                .that()
                .resideInAnyPackage(
                        root + ".hermes",
                        root + ".hermes.log",
                        root + ".hermes.state..",
                        root + ".hermes.internal.state..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ENGINE)
                .allowEmptyShould(true);
    }

    /**
     * The replicated state is a function of its log: it reads no clock, no randomness and no file.
     */
    ArchRule replicatedStateReadsOnlyItsLog() {
        return noClasses()
                .that()
                .resideInAnyPackage(root + ".hermes.state..", root + ".hermes.internal.state..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .allowEmptyShould(true);
    }

    /** A module's internal packages count as part of the package that they implement. */
    ArchRule packagesHaveNoCycles() {
        return slices().assignedFrom(packagesWithTheirInternals())
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true);
    }

    private SliceAssignment packagesWithTheirInternals() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                var name = type.getPackageName();
                if (!(name + ".").startsWith(root + ".")) {
                    return SliceIdentifier.ignore();
                }
                return SliceIdentifier.of(name.replaceFirst("\\.internal(\\..*)?$", ""));
            }

            @Override
            public String getDescription() {
                return "packages below " + root;
            }
        };
    }

    private String module(String packageName) {
        if (!packageName.startsWith(root + ".")) {
            return "";
        }
        return packageName.substring(root.length() + 1).split("\\.", 2)[0];
    }
}
